// One rule: what it looks for and what it does, folded and unfolded.
import type { Scope } from "@aws-sdk/client-wafv2";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { useText } from "@/i18n";
import { TextField } from "@/kit";
import { isGroup, kindOf, type Rule } from "../draft";
import { aboutStatement, StatementEditor } from "../statement/StatementEditor";
import { Words } from "../statement/Words";
import { strings, wordOf } from "../strings";
import { changed, documentOf, listOf, stringOf, type Document } from "../wire";
import { ActionFields, GroupAction } from "./ActionFields";

interface Properties {
  rule: Rule;
  number: number;
  scope: Scope;
  inGroup: boolean;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onChange: (rule: Rule) => void;
  buttons: ReactNode;
}

/** What a rule does, in a word. */
function effect(rule: Rule): string {
  return rule.Action ? kindOf(rule.Action) : kindOf(rule.OverrideAction) === "Count" ? "Count" : "";
}

/** A rule with another statement: rules that refer to groups have no action of their own. */
function withStatement(rule: Rule, Statement: Document): Rule {
  const { Action, OverrideAction, ...rest } = rule;
  if (isGroup(Statement)) return { ...rest, Statement, OverrideAction: OverrideAction ?? { None: {} } };
  return { ...rest, Statement, Action: Action ?? { Block: {} } };
}

export function RuleCard({ rule, number, scope, inGroup, isOpen, onOpen, onChange, buttons }: Properties) {
  const t = useText(strings);
  const group = isGroup(rule.Statement);
  const about = [...aboutStatement(t, rule.Statement), wordOf(t, effect(rule))].filter(Boolean).join(" · ");
  return (
    <ExpandableSection
      variant="container"
      expanded={isOpen}
      onChange={({ detail }) => {
        onOpen(detail.expanded);
      }}
      headerText={`${number}. ${rule.Name}`}
      headerDescription={about}
      headerActions={buttons}
    >
      {isOpen ? (
        <SpaceBetween size="m">
          <div className="waf-row">
            <TextField
              label={t("ruleName")}
              value={rule.Name}
              onChange={(Name) => {
                const follows = stringOf(rule.VisibilityConfig["MetricName"]) === rule.Name;
                onChange({ ...rule, Name, ...(follows && Name ? { VisibilityConfig: changed(rule.VisibilityConfig, { MetricName: Name }) } : {}) });
              }}
            />
            <TextField
              label={t("priority")}
              type="number"
              inputMode="numeric"
              value={String(rule.Priority)}
              onChange={(text) => {
                onChange({ ...rule, Priority: Number(text) });
              }}
            />
            <TextField
              label={t("metric")}
              value={stringOf(rule.VisibilityConfig["MetricName"])}
              onChange={(MetricName) => {
                onChange({ ...rule, VisibilityConfig: changed(rule.VisibilityConfig, { MetricName }) });
              }}
            />
          </div>
          <StatementEditor
            top
            inGroup={inGroup}
            label={t("statementOf", { name: rule.Name })}
            scope={scope}
            value={rule.Statement}
            onChange={(Statement) => {
              onChange(withStatement(rule, Statement));
            }}
          />
          {group ? (
            <GroupAction value={rule.OverrideAction ?? {}} onChange={(OverrideAction) => onChange({ ...rule, OverrideAction })} />
          ) : (
            <SpaceBetween size="m">
              <ActionFields value={rule.Action ?? {}} onChange={(Action) => onChange({ ...rule, Action })} />
              <Words
                label={t("labels")}
                description={t("labelsHint")}
                value={listOf(rule.RuleLabels as Document[] | undefined).map((one) => stringOf(documentOf(one)["Name"]))}
                onChange={(names) => {
                  onChange({ ...rule, RuleLabels: names.length > 0 ? names.map((Name) => ({ Name })) : undefined });
                }}
              />
            </SpaceBetween>
          )}
        </SpaceBetween>
      ) : null}
    </ExpandableSection>
  );
}
