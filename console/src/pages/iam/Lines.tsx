// A field for several values, one a line.
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";

interface Properties {
  label: string;
  hint: string;
  value: string;
  rows?: number;
  onChange: (value: string) => void;
}

export function Lines({ label, hint, value, rows = 3, onChange }: Properties) {
  return (
    <FormField label={label} description={hint} stretch>
      <Textarea
        rows={rows}
        spellcheck={false}
        value={value}
        onChange={({ detail }) => {
          onChange(detail.value);
        }}
      />
    </FormField>
  );
}

export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
