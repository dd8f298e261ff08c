// A labelled line of text.
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import type { ReactNode } from "react";

interface Properties extends Pick<InputProps, "type" | "inputMode" | "autoComplete" | "readOnly" | "autoFocus" | "placeholder" | "disabled"> {
  label: ReactNode;
  description?: ReactNode;
  error?: string;
  value: string;
  onChange: (value: string) => void;
}

export function TextField({ label, description, error, value, onChange, ...input }: Properties) {
  return (
    <FormField label={label} description={description} errorText={error}>
      <Input
        {...input}
        value={value}
        onChange={({ detail }) => {
          onChange(detail.value);
        }}
      />
    </FormField>
  );
}
