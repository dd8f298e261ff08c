// One conformance pack: how far it was deployed, its rules, and what breaks them.
import {
  type ConformancePackEvaluationResult,
  type ConformancePackRuleCompliance,
  ConfigServiceClient,
  DescribeConformancePackComplianceCommand,
  DescribeConformancePacksCommand,
  DescribeConformancePackStatusCommand,
  GetConformancePackComplianceDetailsCommand,
} from "@aws-sdk/client-config-service";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import { useState } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, KeyValues, Name, Page, ResourceTable, Time, useCall } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { withNames } from "./called";
import { Compliance } from "./Compliance";
import { DeletePack } from "./DeletePack";
import { rulePage } from "./names";
import { ResourceLink } from "./ResourceLink";
import { State } from "./State";
import { strings } from "./strings";

const LOOK_AGAIN_MILLISECONDS = 3000;

export function PackPage({ name }: { name: string }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const [deleting, setDeleting] = useState(false);
  const [moving, setMoving] = useState(false);
  const pack = useCall(
    async (abortSignal) => (await config.send(new DescribeConformancePacksCommand({ ConformancePackNames: [name] }), { abortSignal })).ConformancePackDetails?.[0],
    [config, name],
  );
  const status = useCall(
    async (abortSignal) => {
      const answer = await config.send(new DescribeConformancePackStatusCommand({ ConformancePackNames: [name] }), { abortSignal });
      const [found] = answer.ConformancePackStatusDetails ?? [];
      setMoving(found?.ConformancePackState?.endsWith("IN_PROGRESS") ?? false);
      return found;
    },
    [config, name],
    moving ? { every: LOOK_AGAIN_MILLISECONDS } : {},
  );
  const parameters = pack.data?.ConformancePackInputParameters ?? [];
  const actions = (
    <Button
      onClick={() => {
        setDeleting(true);
      }}
    >
      {t("deletePack")}
    </Button>
  );
  return (
    <Page title={name} crumbs={[{ text: t("packs"), to: to("config", "packs") }]} actions={actions} help={t("helpPacks")}>
      <ErrorAlert error={pack.error} onRetry={pack.reload} />
      <ErrorAlert compact error={status.error} onRetry={status.reload} />
      <Container>
        <KeyValues
          columns={4}
          facts={[
            [t("state"), <State key="state">{status.data?.ConformancePackState}</State>],
            [t("reason"), <bdi key="reason">{status.data?.ConformancePackStatusReason ?? "—"}</bdi>],
            [t("updated"), <Time key="updated" at={status.data?.LastUpdateCompletedTime ?? pack.data?.LastUpdateRequestedTime} />],
            [t("arn"), <Name key="arn">{pack.data?.ConformancePackArn}</Name>],
            [t("parameters"), <bdi key="parameters">{parameters.map((one) => `${one.ParameterName ?? ""} = ${one.ParameterValue ?? ""}`).join(", ") || "—"}</bdi>],
          ]}
        />
      </Container>
      <PackRules name={name} version={status.data?.ConformancePackState ?? ""} />
      <PackResults name={name} version={status.data?.ConformancePackState ?? ""} />
      {deleting ? (
        <DeletePack
          name={name}
          onClose={(done) => {
            setDeleting(false);
            if (done) navigate(to("config", "packs"));
          }}
        />
      ) : null}
    </Page>
  );
}

function PackRules({ name, version }: { name: string; version: string }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  return (
    <ResourceTable<ConformancePackRuleCompliance>
      name="config.pack.rules"
      filterKey="rules"
      title={t("rules")}
      dependencies={[config, name, version]}
      load={async ({ token, signal }) => {
        const answer = await config.send(new DescribeConformancePackComplianceCommand({ ConformancePackName: name, NextToken: token }), { abortSignal: signal });
        return { items: answer.ConformancePackRuleComplianceList ?? [], next: answer.NextToken };
      }}
      id={(rule) => rule.ConfigRuleName ?? ""}
      columns={[
        {
          id: "rule",
          header: t("rule"),
          value: (rule) => rule.ConfigRuleName,
          cell: (rule) => (
            <Link to={rulePage(rule.ConfigRuleName ?? "")}>
              <Name>{rule.ConfigRuleName}</Name>
            </Link>
          ),
          minWidth: 420,
        },
        { id: "compliance", header: t("compliance"), value: (rule) => rule.ComplianceType, cell: (rule) => <Compliance>{rule.ComplianceType}</Compliance>, minWidth: 160 },
        { id: "controls", header: t("controls"), value: (rule) => rule.Controls?.join(", ") },
      ]}
      empty={{ title: t("rulesEmpty"), text: t("packRulesEmptyText") }}
    />
  );
}

interface Broken extends ConformancePackEvaluationResult {
  name?: string;
}

function PackResults({ name, version }: { name: string; version: string }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const of = (result: ConformancePackEvaluationResult) => result.EvaluationResultIdentifier?.EvaluationResultQualifier ?? {};
  return (
    <ResourceTable<Broken>
      name="config.pack.results"
      title={t("brokenResources")}
      dependencies={[config, name, version]}
      load={async ({ token, signal }) => {
        const Filters = { ComplianceType: "NON_COMPLIANT" as const };
        const input = { ConformancePackName: name, Filters, Limit: 100, NextToken: token };
        const answer = await config.send(new GetConformancePackComplianceDetailsCommand(input), { abortSignal: signal });
        const results = answer.ConformancePackRuleEvaluationResults ?? [];
        const items = await withNames(config, results, (result) => ({ type: of(result).ResourceType ?? "", id: of(result).ResourceId ?? "" }), signal);
        return { items, next: answer.NextToken };
      }}
      id={(result) => `${of(result).ConfigRuleName ?? ""}/${of(result).ResourceType ?? ""}/${of(result).ResourceId ?? ""}`}
      columns={[
        {
          id: "id",
          header: t("resource"),
          value: (result) => result.name ?? of(result).ResourceId,
          cell: (result) => <ResourceLink type={of(result).ResourceType ?? ""} id={of(result).ResourceId ?? ""} name={result.name} />,
          minWidth: 180,
        },
        { id: "rule", header: t("rule"), value: (result) => of(result).ConfigRuleName, minWidth: 200 },
        { id: "annotation", header: t("annotation"), value: (result) => result.Annotation, cell: (result) => <bdi>{result.Annotation ?? "—"}</bdi>, minWidth: 260 },
        { id: "type", header: t("type"), value: (result) => of(result).ResourceType, minWidth: 160 },
        { id: "time", header: t("judgedAt"), value: (result) => result.ResultRecordedTime, unfiltered: true, minWidth: 200 },
        { id: "resourceId", header: t("resourceId"), value: (result) => of(result).ResourceId, hidden: true },
      ]}
      empty={{ title: t("nothingBroken"), text: t("nothingBrokenText") }}
    />
  );
}
