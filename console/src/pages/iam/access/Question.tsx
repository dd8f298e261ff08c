// An action, a resource and condition values that are asked about.
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { Lines, TextField } from "@/kit";
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
    <SpaceBetween size="m">
      <ColumnLayout columns={2}>
        <TextField
          label={t("action")}
          description={t("actionHint")}
          placeholder="iam:CreateUser"
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
      </ColumnLayout>
      <Lines
        label={t("context")}
        description={t("contextHint")}
        rows={2}
        value={typed.context}
        onChange={(context) => {
          onChange({ ...typed, context });
        }}
      />
    </SpaceBetween>
  );
}
