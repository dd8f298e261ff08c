// A labelled text of several lines; often one value a line.
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";

interface Properties {
  label: string;
  description?: string;
  rows?: number;
  value: string;
  onChange: (value: string) => void;
}

export function Lines({ label, description, rows = 3, value, onChange }: Properties) {
  return (
    <FormField label={label} description={description} stretch>
      <Textarea
        value={value}
        rows={rows}
        spellcheck={false}
        onChange={({ detail }) => {
          onChange(detail.value);
        }}
      />
    </FormField>
  );
}

/** The lines of a text that are not empty. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
