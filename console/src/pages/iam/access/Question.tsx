// An action, a resource and condition values that are asked about.
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { useText } from "@/i18n";
import { TextField } from "@/kit";
import { valuesByKey } from "../policies/context";
import { strings } from "../strings/account";

export interface Typed {
  action: string;
  resource: string;
  context: string;
}

/** Lines of `key=value`, as Garrison's operations take them. */
export function contextMap(text: string): Record<string, string[]> {
  return Object.fromEntries(valuesByKey(text.split("\n").filter(Boolean)));
}

export function QuestionFields<T extends Typed>({ typed, onChange }: { typed: T; onChange: (typed: T) => void }) {
  const t = useText(strings);
  return (
    <ColumnLayout columns={3}>
      <TextField
        label={t("action")}
        description={t("actionHint")}
        value={typed.action}
        onChange={(action) => {
          onChange({ ...typed, action: action.trim() });
        }}
      />
      <TextField
        label={t("resource")}
        description={t("resourceHint")}
        value={typed.resource}
        onChange={(resource) => {
          onChange({ ...typed, resource: resource.trim() });
        }}
      />
      <FormField label={t("context")} description={t("contextHint")}>
        <Textarea
          rows={1}
          value={typed.context}
          onChange={({ detail }) => {
            onChange({ ...typed, context: detail.value });
          }}
        />
      </FormField>
    </ColumnLayout>
  );
}
