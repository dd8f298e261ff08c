// What becomes of each rule of a rule group, in place of what it does by itself.
import type { RuleAction } from "@aws-sdk/client-wafv2";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Select from "@cloudscape-design/components/select";
import { useText } from "@/i18n";
import { Name, ScrollTable } from "@/kit";
import { kindOf } from "../draft";
import { strings, wordOf } from "../strings";
import { documentOf, type Json, listOf, stringOf } from "../wire";

export const ACTIONS = ["Allow", "Block", "Count", "Captcha", "Challenge"] as const;

interface Properties {
  rules: { Name?: string | undefined; Action?: RuleAction | undefined }[];
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
}

export function Overrides({ rules, value, onChange }: Properties) {
  const t = useText(strings);
  const overrides = new Map(listOf(value).map((one) => [stringOf(documentOf(one)["Name"]), documentOf(one)]));
  if (rules.length === 0) return null;
  const set = (name: string, action: string) => {
    if (action === "") overrides.delete(name);
    else overrides.set(name, { Name: name, ActionToUse: { [action]: {} } });
    onChange(overrides.size > 0 ? [...overrides.values()] : undefined);
  };
  return (
    <ExpandableSection headerText={t("groupRules", { count: rules.length })} headerDescription={overrides.size > 0 ? t("overridden", { count: overrides.size }) : undefined}>
      <ScrollTable label={t("groupRules", { count: rules.length })}>
        <thead>
          <tr>
            <th scope="col">{t("rule")}</th>
            <th scope="col">{t("ownAction")}</th>
            <th scope="col">{t("override")}</th>
          </tr>
        </thead>
        <tbody>
          {rules.map(({ Name: name = "", Action }) => {
            const chosen = kindOf(documentOf(overrides.get(name)?.["ActionToUse"]));
            return (
              <tr key={name}>
                <th scope="row" className="waf-rule-name">
                  <Name>{name}</Name>
                </th>
                <td>{wordOf(t, Object.keys(Action ?? {})[0] ?? "")}</td>
                <td>
                  <Select
                    ariaLabel={t("overrideOf", { name })}
                    selectedOption={{ value: chosen, label: chosen ? wordOf(t, chosen) : t("noOverride") }}
                    options={[{ value: "", label: t("noOverride") }, ...ACTIONS.map((one) => ({ value: one, label: t(one) }))]}
                    onChange={({ detail }) => {
                      set(name, detail.selectedOption.value ?? "");
                    }}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </ScrollTable>
    </ExpandableSection>
  );
}
