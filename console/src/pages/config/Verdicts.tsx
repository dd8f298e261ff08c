// What a rule says of each resource, and why.
import { type ComplianceType, ConfigServiceClient, type EvaluationResult, GetComplianceDetailsByConfigRuleCommand } from "@aws-sdk/client-config-service";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useText } from "@/i18n";
import { ResourceTable } from "@/kit";
import { useQueryValue } from "@/router";
import { useClient } from "@/session";
import { withNames } from "./called";
import { Compliance, isVerdict, VERDICTS } from "./Compliance";
import { ResourceLink } from "./ResourceLink";
import { strings } from "./strings";

const PAGE = 100;
/** INSUFFICIENT_DATA is nothing that GetComplianceDetailsByConfigRule filters by. */
const FILTERED = VERDICTS.filter((verdict) => verdict !== "INSUFFICIENT_DATA");

function typeOf(result: EvaluationResult): string {
  return result.EvaluationResultIdentifier?.EvaluationResultQualifier?.ResourceType ?? "";
}

interface Verdict extends EvaluationResult {
  name?: string;
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
    <ResourceTable<Verdict>
      name="config.verdicts"
      title={t("verdicts")}
      description={t("verdictsText")}
      dependencies={[config, rule, version, wanted]}
      load={async ({ token, signal }) => {
        const input = { ConfigRuleName: rule, Limit: PAGE, NextToken: token, ...types };
        const answer = await config.send(new GetComplianceDetailsByConfigRuleCommand(input), { abortSignal: signal });
        const items = await withNames(config, answer.EvaluationResults ?? [], (result) => ({ type: typeOf(result), id: idOf(result) }), signal);
        return { items, next: answer.NextToken };
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
          header: t("resource"),
          value: (result) => result.name ?? idOf(result),
          cell: (result) => <ResourceLink type={typeOf(result)} id={idOf(result)} name={result.name} />,
          minWidth: 200,
        },
        { id: "compliance", header: t("compliance"), value: (result) => result.ComplianceType, cell: (result) => <Compliance>{result.ComplianceType}</Compliance>, minWidth: 160 },
        { id: "annotation", header: t("annotation"), value: (result) => result.Annotation, cell: (result) => <bdi>{result.Annotation ?? "—"}</bdi>, minWidth: 280 },
        { id: "type", header: t("type"), value: typeOf, minWidth: 180 },
        { id: "time", header: t("judgedAt"), value: (result) => result.ResultRecordedTime, unfiltered: true, minWidth: 200 },
        { id: "resourceId", header: t("resourceId"), value: idOf, hidden: true },
      ]}
      empty={{ title: t("noResults"), text: t("noResultsText") }}
    />
  );
}
