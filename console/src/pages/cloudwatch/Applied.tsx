// A field of a filter that the server does: asked when Enter is pressed or the field is left.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

interface Properties {
  label: string;
  placeholder?: string;
  value: string;
  onApply: (value: string) => void;
}

export function Applied(properties: Properties) {
  return <Field key={properties.value} {...properties} />;
}

function Field({ label, placeholder = "", value, onApply }: Properties) {
  const [written, setWritten] = useState(value);
  const apply = () => {
    if (written !== value) onApply(written);
  };
  return (
    <FormField label={label} stretch>
      <Input
        type="search"
        value={written}
        placeholder={placeholder}
        onBlur={apply}
        onKeyDown={({ detail }) => {
          if (detail.key === "Enter") apply();
        }}
        onChange={({ detail }) => {
          setWritten(detail.value);
          if (detail.value === "" && value !== "") onApply("");
        }}
      />
    </FormField>
  );
}
