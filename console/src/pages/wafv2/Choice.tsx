// One of a few words, under a label.
import FormField from "@cloudscape-design/components/form-field";
import Select, { type SelectProps } from "@cloudscape-design/components/select";

interface Properties {
  label: string;
  description?: string;
  value: string;
  options: (string | SelectProps.Option)[];
  onChange: (value: string) => void;
  placeholder?: string;
  filtering?: boolean;
}

export function Choice({ label, description, value, options, onChange, placeholder, filtering = false }: Properties) {
  const all = options.map((one) => (typeof one === "string" ? { value: one, label: one } : one));
  const chosen = all.find((one) => one.value === value) ?? (value ? { value, label: value } : null);
  return (
    <FormField label={label} description={description}>
      <Select
        selectedOption={chosen}
        options={all}
        placeholder={placeholder}
        filteringType={filtering ? "auto" : "none"}
        onChange={({ detail }) => {
          onChange(detail.selectedOption.value ?? "");
        }}
      />
    </FormField>
  );
}
