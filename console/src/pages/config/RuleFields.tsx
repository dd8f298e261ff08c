// The fields of a rule: from the managed catalogue, or a policy in Guard.
import FormField from "@cloudscape-design/components/form-field";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { CodeEditor, KeyValues, TextField } from "@/kit";
import type { ManagedRule } from "./catalogue";
import { type Draft, FREQUENCIES, nameFor } from "./draft";
import { Prose } from "./Prose";
import { strings } from "./strings";
import { TypesField } from "./TypesField";

interface Properties {
  draft: Draft;
  onChange: (draft: Draft) => void;
  catalogue: ManagedRule[];
  managed: ManagedRule | undefined;
  /** A rule that is there keeps its name and kind. */
  isNew: boolean;
}

export function RuleFields({ draft, onChange, catalogue, managed, isNew }: Properties) {
  const t = useText(strings);
  const change = (some: Partial<Draft>) => {
    onChange({ ...draft, ...some });
  };
  return (
    <SpaceBetween size="m">
      {isNew ? (
        <FormField label={t("kind")}>
          <SegmentedControl
            label={t("kind")}
            selectedId={draft.kind}
            options={[
              { id: "AWS", text: t("AWS") },
              { id: "CUSTOM_POLICY", text: t("CUSTOM_POLICY") },
            ]}
            onChange={({ detail }) => {
              change({ kind: detail.selectedId === "AWS" ? "AWS" : "CUSTOM_POLICY", types: [] });
            }}
          />
        </FormField>
      ) : null}
      {draft.kind === "AWS" ? (
        <ManagedFields draft={draft} change={change} catalogue={catalogue} managed={managed} isNew={isNew} />
      ) : (
        <SpaceBetween size="m">
          <TypesField
            label={t("scope")}
            description={t("policyTypesHint")}
            chosen={draft.types}
            onChange={(types) => {
              change({ types });
            }}
          />
          <FormField label={t("policy")} description={t("policyHint")}>
            <CodeEditor
              language="text"
              ariaLabel={t("policy")}
              minLines={8}
              value={draft.policy}
              onChange={(policy) => {
                change({ policy });
              }}
            />
          </FormField>
        </SpaceBetween>
      )}
      <TextField
        label={t("name")}
        description={t("ruleNameHint")}
        value={draft.name}
        readOnly={!isNew}
        onChange={(name) => {
          change({ name });
        }}
      />
      <TextField
        label={t("description")}
        value={draft.description}
        onChange={(description) => {
          change({ description });
        }}
      />
    </SpaceBetween>
  );
}

interface ManagedProperties extends Omit<Properties, "onChange"> {
  change: (some: Partial<Draft>) => void;
}

function ManagedFields({ draft, change, catalogue, managed, isNew }: ManagedProperties) {
  const t = useText(strings);
  const options = catalogue.map((rule) => ({ value: rule.identifier, label: rule.identifier, description: rule.text.replaceAll("`", ""), filteringTags: rule.types }));
  const frequencies = [{ value: "", label: t("asRuleSays") }, ...FREQUENCIES.map((value) => ({ value, label: t(value) }))];
  const isNamedAfter = draft.name === "" || draft.name === nameFor(draft.identifier);
  return (
    <SpaceBetween size="m">
      <FormField label={t("managedRule")} description={t("managedRuleHint", { count: catalogue.length })}>
        <Select
          options={options}
          virtualScroll
          filteringType="auto"
          filteringAriaLabel={t("managedRule")}
          disabled={!isNew}
          placeholder={t("choose")}
          selectedOption={options.find(({ value }) => value === draft.identifier) ?? null}
          onChange={({ detail }) => {
            const identifier = detail.selectedOption.value ?? "";
            change({ identifier, values: {}, types: [], ...(isNamedAfter ? { name: nameFor(identifier) } : {}) });
          }}
        />
      </FormField>
      {managed ? (
        <KeyValues
          columns={3}
          facts={[
            [t("asks"), <Prose key="asks">{managed.text}</Prose>],
            [t("fix"), <Prose key="fix">{managed.fix}</Prose>],
            [t("judges"), `${managed.types.join(", ")} · ${t(managed.isPeriodic ? "periodic" : "onChange")}`],
          ]}
        />
      ) : null}
      {managed?.parameters.map((parameter) => (
        <TextField
          key={parameter.name}
          label={parameter.name}
          description={parameter.isRequired ? t("isRequired") : parameter.default ? t("defaultIs", { value: parameter.default }) : t("isOptional")}
          placeholder={parameter.default}
          value={draft.values[parameter.name] ?? ""}
          onChange={(value) => {
            change({ values: { ...draft.values, [parameter.name]: value } });
          }}
        />
      ))}
      {managed?.isPeriodic ? (
        <FormField label={t("frequency")}>
          <Select
            options={frequencies}
            selectedOption={frequencies.find(({ value }) => value === draft.frequency) ?? null}
            onChange={({ detail }) => {
              change({ frequency: detail.selectedOption.value ?? "" });
            }}
          />
        </FormField>
      ) : null}
    </SpaceBetween>
  );
}
