// One run: how far it is, what it found, the hosts that took part, and what could not be decided.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { sayWord, useText } from "@/i18n";
import { cli, Confirm, ErrorAlert, type Fact, flash, KeyValues, Name, Page, ResourceTable, Time, useCall } from "@/kit";
import { Link, to, useQueryValue } from "@/router";
import { useRegion } from "@/session";
import { moment } from "../moments";
import { rank, Severity } from "../Severity";
import { strings } from "../strings";
import { classic, type ClassicFinding, findings, isOver, type Run, runs, templates } from "./api";
import { formatMinutes } from "./minutes";
import { RunHosts } from "./RunHosts";
import { Progress } from "./Progress";
import { RunState } from "./RunState";
import { classicStrings } from "./strings";

const LOOK_AGAIN_MILLISECONDS = 2000;
const SEVERITIES = ["High", "Medium", "Low", "Informational"] as const;

export function RunPage({ arn }: { arn: string }) {
  const t = useText(classicStrings);
  const region = useRegion();
  const [tab, setTab] = useQueryValue("tab", "findings");
  const [stopping, setStopping] = useState(false);
  const [isDone, setIsDone] = useState(false);
  const called = useCall(
    async (signal) => {
      const [found] = await runs.describe([arn], signal);
      setIsDone(isOver(found));
      return found ?? null;
    },
    [region, arn],
    isDone ? {} : { every: LOOK_AGAIN_MILLISECONDS },
  );
  const run = called.data ?? undefined;
  const input = { assessmentRunArn: arn, stopAction: "START_EVALUATION" };
  const stop = (
    <Button
      disabled={run?.state !== "COLLECTING_DATA"}
      onClick={() => {
        setStopping(true);
      }}
    >
      {t("stop")}
    </Button>
  );
  return (
    <Page title={run?.name ?? t("run")} crumbs={[{ text: t("runs"), to: to("inspector", "runs") }]} actions={stop} help={t("help")}>
      <ErrorAlert error={called.error} onRetry={called.reload} />
      {run ? <Facts run={run} isDone={isDone} /> : null}
      <Tabs
        ariaLabel={t("run")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          { id: "findings", label: t("findings"), content: <RunFindings arn={arn} state={run?.state} /> },
          { id: "hosts", label: t("hosts"), content: <RunHosts arn={arn} state={run?.state} /> },
        ]}
      />
      {stopping ? (
        <Confirm
          title={t("stop")}
          action={t("stop")}
          commands={[cli("inspector", "StopAssessmentRun", input)]}
          onConfirm={async () => {
            await classic("StopAssessmentRun", input);
            flash("success", t("stopped"));
          }}
          onClose={() => {
            setStopping(false);
            called.reload();
          }}
        >
          {t("stopText")}
        </Confirm>
      ) : null}
    </Page>
  );
}

function Facts({ run, isDone }: { run: Run; isDone: boolean }) {
  const t = useText(classicStrings);
  const region = useRegion();
  const templateArn = run.assessmentTemplateArn;
  const template = useCall((signal) => templates.describe([templateArn], signal), [region, templateArn]);
  return (
    <Container>
      <SpaceBetween size="l">
        {isDone ? null : <Progress run={run} />}
        <KeyValues
          columns={4}
          facts={[
            [t("state"), <RunState key="state">{run.state}</RunState>],
            [t("started"), <Time key="started" at={moment(run.startedAt)} />],
            [t("completed"), <Time key="completed" at={moment(run.completedAt)} />],
            [t("duration"), formatMinutes(run.durationInSeconds)],
            ...SEVERITIES.map((severity): Fact => [t(severity), run.findingCounts[severity] ?? 0]),
            [t("template"), <Name key="template">{template.data?.[0]?.name ?? templateArn}</Name>],
            [t("arn"), <Name key="arn">{run.arn}</Name>],
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

function RunFindings({ arn, state }: { arn: string; state: string | undefined }) {
  const t = useText(classicStrings);
  const region = useRegion();
  return (
    <ResourceTable<ClassicFinding>
      name="inspector.run-findings"
      title={t("findings")}
      dependencies={[region, arn, state]}
      load={(asked) => findings.list({ assessmentRunArns: [arn] }, asked)}
      id={(one) => one.arn}
      label={(one) => one.id}
      columns={[
        {
          id: "id",
          header: t("rule"),
          value: (one) => one.id,
          cell: (one) => (
            <Link to={to("inspector", "run-findings", one.arn)}>
              <Name>{one.id}</Name>
            </Link>
          ),
          width: 270,
        },
        {
          id: "severity",
          header: t("severity"),
          value: (one) => sayWord(strings, one.severity.toUpperCase()),
          order: (one) => rank(one.severity),
          cell: (one) => <Severity>{one.severity}</Severity>,
          width: 130,
        },
        { id: "host", header: t("host"), value: (one) => one.assetAttributes?.hostname ?? one.assetAttributes?.agentId, width: 180 },
        { id: "title", header: t("title"), value: (one) => one.title, width: 430 },
      ]}
      empty={{ title: t("runFindingsEmpty"), text: t("runFindingsEmptyText") }}
    />
  );
}
