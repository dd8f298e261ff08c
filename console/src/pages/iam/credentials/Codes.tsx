// Two codes in a row of an authenticator app.
import ColumnLayout from "@cloudscape-design/components/column-layout";
import { useText } from "@/i18n";
import { TextField } from "@/kit";
import { strings } from "../strings/people";

export function isCode(text: string): boolean {
  return /^\d{6}$/.test(text);
}

interface Properties {
  codes: [string, string];
  onChange: (codes: [string, string]) => void;
}

export function Codes({ codes: [first, second], onChange }: Properties) {
  const t = useText(strings);
  return (
    <ColumnLayout columns={2}>
      <TextField
        label={t("code1")}
        inputMode="numeric"
        autoComplete={false}
        value={first}
        onChange={(value) => {
          onChange([value.trim(), second]);
        }}
      />
      <TextField
        label={t("code2")}
        inputMode="numeric"
        autoComplete={false}
        value={second}
        onChange={(value) => {
          onChange([first, value.trim()]);
        }}
      />
    </ColumnLayout>
  );
}
