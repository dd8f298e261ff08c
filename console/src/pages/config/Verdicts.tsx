// What a rule says of each resource, and why.
import { type ComplianceType, ConfigServiceClient, type EvaluationResult, GetComplianceDetailsByConfigRuleCommand } from "@aws-sdk/client-config-service";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useText } from "@/i18n";
import { Name, ResourceTable } from "@/kit";
import { Link, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { Compliance, isVerdict, VERDICTS } from "./Compliance";
import { resourcePage } from "./names";
import { strings } from "./strings";

const PAGE = 100;
/** INSUFFICIENT_DATA is nothing that GetComplianceDetailsByConfigRule filters by. */
const FILTERED = VERDICTS.filter((verdict) => verdict !== "INSUFFICIENT_DATA");

function typeOf(result: EvaluationResult): string {
  return result.EvaluationResultIdentifier?.EvaluationResultQualifier?.ResourceType ?? "";
}

function idOf(result: EvaluationResult): string {
  return result.EvaluationResultIdentifier?.EvaluationResultQualifier?.ResourceId ?? "";
}

export function Verdicts({ rule, version }: { rule: string; version: string }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const [wanted, setWanted] = useQueryValue("verdict");
  const types: { ComplianceTypes?: ComplianceType[] } = isVerdict(wanted) ? { ComplianceTypes: [wanted] } : {};
  return (
    <ResourceTable<EvaluationResult>
      name="config.verdicts"
      title={t("verdicts")}
      description={t("verdictsText")}
      dependencies={[config, rule, version, wanted]}
      load={async ({ token, signal }) => {
        const input = { ConfigRuleName: rule, Limit: PAGE, NextToken: token, ...types };
        const answer = await config.send(new GetComplianceDetailsByConfigRuleCommand(input), { abortSignal: signal });
        return { items: answer.EvaluationResults ?? [], next: answer.NextToken };
      }}
      filters={
        <SegmentedControl
          label={t("compliance")}
          selectedId={wanted}
          options={[{ id: "", text: t("all") }, ...FILTERED.map((verdict) => ({ id: verdict, text: t(verdict) }))]}
          onChange={({ detail }) => {
            setWanted(detail.selectedId);
          }}
        />
      }
      id={(result) => `${typeOf(result)}/${idOf(result)}`}
      columns={[
        {
          id: "id",
          header: t("resourceId"),
          value: idOf,
          cell: (result) => (
            <Link to={resourcePage(typeOf(result), idOf(result))}>
              <Name>{idOf(result)}</Name>
            </Link>
          ),
          minWidth: 200,
        },
        { id: "compliance", header: t("compliance"), value: (result) => result.ComplianceType, cell: (result) => <Compliance>{result.ComplianceType}</Compliance>, minWidth: 160 },
        { id: "annotation", header: t("annotation"), value: (result) => result.Annotation, cell: (result) => <bdi>{result.Annotation ?? "—"}</bdi>, minWidth: 280 },
        { id: "type", header: t("type"), value: typeOf },
        { id: "time", header: t("judgedAt"), value: (result) => result.ResultRecordedTime, unfiltered: true },
      ]}
      empty={{ title: t("noResults"), text: t("noResultsText") }}
    />
  );
}
