// What a subscription delivers, and in which form: filter policy, its scope, raw delivery.
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { JsonEditor } from "@/kit";
import { strings } from "./strings";

export interface Filtering {
  policy: string;
  scope: string;
  raw: boolean;
}

export const NO_FILTER: Filtering = { policy: "", scope: "MessageAttributes", raw: false };

/** The subscription attributes that differ from what they were. */
export function filterAttributes(wanted: Filtering, before: Filtering): Record<string, string> {
  return {
    ...(wanted.scope === before.scope ? {} : { FilterPolicyScope: wanted.scope }),
    ...(wanted.policy === before.policy ? {} : { FilterPolicy: wanted.policy.trim() || "{}" }),
    ...(wanted.raw === before.raw ? {} : { RawMessageDelivery: String(wanted.raw) }),
  };
}

export function FilterFields({ value, onChange }: { value: Filtering; onChange: (value: Filtering) => void }) {
  const t = useText(strings);
  return (
    <SpaceBetween size="m">
      <FormField label={t("filterPolicy")} description={t("filterPolicyHint")}>
        <JsonEditor
          ariaLabel={t("filterPolicy")}
          minLines={4}
          value={value.policy}
          onChange={(policy) => {
            onChange({ ...value, policy });
          }}
        />
      </FormField>
      <FormField label={t("filterScope")}>
        <SegmentedControl
          label={t("filterScope")}
          selectedId={value.scope}
          options={[
            { id: "MessageAttributes", text: t("scopeAttributes") },
            { id: "MessageBody", text: t("scopeBody") },
          ]}
          onChange={({ detail }) => {
            onChange({ ...value, scope: detail.selectedId });
          }}
        />
      </FormField>
      <Checkbox
        checked={value.raw}
        description={t("rawHint")}
        onChange={({ detail }) => {
          onChange({ ...value, raw: detail.checked });
        }}
      >
        {t("raw")}
      </Checkbox>
    </SpaceBetween>
  );
}
