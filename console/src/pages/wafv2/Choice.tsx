// One of a few words, under a label. Words of AWS's API are shown in the reader's own, where there are some.
import FormField from "@cloudscape-design/components/form-field";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import { useText } from "@/i18n";
import { strings, wordOf } from "./strings";

interface Properties {
  label: string;
  description?: string;
  value: string;
  options: readonly (string | SelectProps.Option)[];
  onChange: (value: string) => void;
  placeholder?: string;
  filtering?: boolean;
}

export function Choice({ label, description, value, options, onChange, placeholder, filtering = false }: Properties) {
  const t = useText(strings);
  const all = options.map((one) => (typeof one === "string" ? { value: one, label: wordOf(t, one) } : one));
  const chosen = all.find((one) => one.value === value) ?? (value ? { value, label: wordOf(t, value) } : null);
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
