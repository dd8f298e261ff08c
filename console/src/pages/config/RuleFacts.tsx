// What a rule is, and when it last looked.
import type { ConfigRule, ConfigRuleEvaluationStatus } from "@aws-sdk/client-config-service";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { KeyValues, Name, Time } from "@/kit";
import { ruleCalled, useCatalogue } from "./catalogue";
import { Compliance } from "./Compliance";
import { Prose } from "./Prose";
import { State } from "./State";
import { strings } from "./strings";

interface Properties {
  rule: ConfigRule | undefined;
  status: ConfigRuleEvaluationStatus | undefined;
  compliance: string | undefined;
}

function Lines({ children }: { children: string[] }) {
  if (children.length === 0) return <>—</>;
  return (
    <SpaceBetween size="xxs">
      {children.map((line) => (
        <Name key={line}>{line}</Name>
      ))}
    </SpaceBetween>
  );
}

function parametersOf(rule: ConfigRule | undefined): string[] {
  try {
    const given = JSON.parse(rule?.InputParameters || "{}") as Record<string, unknown>;
    return Object.entries(given).map(([name, value]) => `${name} = ${typeof value === "string" ? value : JSON.stringify(value)}`);
  } catch {
    return [rule?.InputParameters ?? ""];
  }
}

export function RuleFacts({ rule, status, compliance }: Properties) {
  const t = useText(strings);
  const catalogue = useCatalogue();
  const managed = ruleCalled(catalogue.data, rule?.Source?.SourceIdentifier);
  const owner = rule?.Source?.Owner;
  return (
    <SpaceBetween size="m">
      <KeyValues
        columns={4}
        facts={[
          [t("compliance"), <Compliance key="compliance">{compliance}</Compliance>],
          [t("kind"), owner && t(owner)],
          [t("identifier"), <Name key="identifier">{rule?.Source?.SourceIdentifier}</Name>],
          [t("state"), <State key="state">{rule?.ConfigRuleState}</State>],
          [t("scope"), <Lines key="scope">{[...(rule?.Scope?.ComplianceResourceTypes ?? managed?.types ?? [])]}</Lines>],
          [t("parameters"), <Lines key="parameters">{parametersOf(rule)}</Lines>],
          [t("frequency"), rule?.MaximumExecutionFrequency && t(rule.MaximumExecutionFrequency)],
          [t("createdBy"), <Name key="by">{rule?.CreatedBy}</Name>],
          [t("lastEvaluation"), <Time key="last" at={status?.LastSuccessfulEvaluationTime} />],
          [t("lastFailure"), <Time key="failed" at={status?.LastFailedEvaluationTime} />],
          [t("lastError"), <bdi key="error">{status?.LastErrorMessage ?? "—"}</bdi>],
          [t("arn"), <Name key="arn">{rule?.ConfigRuleArn}</Name>],
        ]}
      />
      {managed ? (
        <KeyValues
          columns={2}
          facts={[
            [t("asks"), <Prose key="asks">{managed.text}</Prose>],
            [t("fix"), <Prose key="fix">{managed.fix}</Prose>],
          ]}
        />
      ) : null}
    </SpaceBetween>
  );
}
