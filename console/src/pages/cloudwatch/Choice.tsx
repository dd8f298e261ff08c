// A choice of one of a few words.
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import type { ReactNode } from "react";

interface Properties {
  label: string;
  description?: ReactNode;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function Choice({ label, description, value, options, onChange }: Properties) {
  return (
    <FormField label={label} description={description}>
      <Select
        selectedOption={options.find((option) => option.value === value) ?? { value, label: value }}
        options={options}
        onChange={({ detail }) => {
          onChange(detail.selectedOption.value ?? value);
        }}
      />
    </FormField>
  );
}
