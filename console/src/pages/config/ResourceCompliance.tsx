// What every rule says of a resource.
import { ConfigServiceClient, type EvaluationResult, GetComplianceDetailsByResourceCommand } from "@aws-sdk/client-config-service";
import { useText } from "@/i18n";
import { Name, ResourceTable } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { Compliance } from "./Compliance";
import { rulePage } from "./names";
import { strings } from "./strings";

function ruleOf(result: EvaluationResult): string {
  return result.EvaluationResultIdentifier?.EvaluationResultQualifier?.ConfigRuleName ?? "";
}

export function ResourceCompliance({ type, id }: { type: string; id: string }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  return (
    <ResourceTable<EvaluationResult>
      name="config.resource.compliance"
      filterKey="rules"
      title={t("verdicts")}
      dependencies={[config, type, id]}
      load={async ({ token, signal }) => {
        const input = { ResourceType: type, ResourceId: id, NextToken: token };
        const answer = await config.send(new GetComplianceDetailsByResourceCommand(input), { abortSignal: signal });
        return { items: answer.EvaluationResults ?? [], next: answer.NextToken };
      }}
      id={ruleOf}
      columns={[
        {
          id: "rule",
          header: t("rule"),
          value: ruleOf,
          cell: (result) => (
            <Link to={rulePage(ruleOf(result))}>
              <Name>{ruleOf(result)}</Name>
            </Link>
          ),
          minWidth: 300,
        },
        { id: "compliance", header: t("compliance"), value: (result) => result.ComplianceType, cell: (result) => <Compliance>{result.ComplianceType}</Compliance>, minWidth: 160 },
        { id: "annotation", header: t("annotation"), value: (result) => result.Annotation, cell: (result) => <bdi>{result.Annotation ?? "—"}</bdi>, minWidth: 260 },
        { id: "time", header: t("judgedAt"), value: (result) => result.ResultRecordedTime, unfiltered: true, minWidth: 200 },
      ]}
      empty={{ title: t("noVerdicts"), text: t("noVerdictsText") }}
    />
  );
}
