// How advice went over time: what each refresh found, what was fixed, what came back, and the money saved since.
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { sayWord, useLanguage, useText } from "@/i18n";
import { cli, CliPanel, Name, Page, ResourceTable, Time, TimeSeries, useCall } from "@/kit";
import { Link, to, useQueryValue } from "@/router";
import { garrisonCall } from "@/session";
import { checkPage, listAdvice, moment, nameOf, type Run, type Runs, type Turn } from "./advice";
import { formatDollars } from "./money";
import { Status } from "./Status";
import { strings } from "./strings";

const SHOWN_RUNS = 100;

export function RunsPage() {
  const t = useText(strings);
  const [chosen, setChosen] = useQueryValue("run");
  const [latest, setLatest] = useState<Run[]>([]);
  return (
    <Page title={t("trend")} description={t("trendText")} crumbs={[{ text: t("advice"), to: to("trustedadvisor") }]} help={t("help")}>
      <Charts runs={latest} />
      <ResourceTable<Run>
        name="trustedadvisor.runs"
        title={t("runs")}
        dependencies={[]}
        load={async ({ token, signal }) => {
          const answer = await garrisonCall<Runs>("ListAdviceRuns", { MaxResults: SHOWN_RUNS, ...(token ? { NextToken: token } : {}) }, signal);
          if (!token) setLatest(answer.Runs);
          return { items: answer.Runs, next: answer.NextToken };
        }}
        id={(run) => String(run.RunId)}
        columns={[
          { id: "started", header: t("started"), value: (run) => moment(run.StartedAt), cell: (run) => <Time at={moment(run.StartedAt)} />, unfiltered: true, width: 205 },
          { id: "origin", header: t("origin"), value: (run) => sayWord(strings, run.Origin), width: 155 },
          { id: "checks", header: t("checks"), value: (run) => run.Checks, hidden: true },
          { id: "flagged", header: t("flaggedShort"), value: (run) => run.Flagged, width: 115 },
          { id: "found", header: t("found"), value: (run) => run.Found, width: 105 },
          { id: "fixed", header: t("fixed"), value: (run) => run.Fixed, width: 100 },
          { id: "returned", header: t("returned"), value: (run) => run.Returned, width: 135 },
          { id: "savings", header: t("savings"), value: (run) => run.MonthlySavings, cell: (run) => formatDollars(run.MonthlySavings || undefined), width: 150 },
          { id: "saved", header: t("saved"), value: (run) => run.MonthlySaved, cell: (run) => formatDollars(run.MonthlySaved || undefined), hidden: true },
        ]}
        selection="single"
        onSelect={([run]) => {
          setChosen(run ? String(run.RunId) : "");
        }}
        empty={{ title: t("runsEmpty"), text: t("runsEmptyText") }}
      />
      <Turns run={chosen} />
      <CliPanel commands={[cli("garrison", "ListAdviceRuns"), cli("garrison", "ListAdviceChanges", chosen ? { RunId: Number(chosen) } : {})]} />
    </Page>
  );
}

/** The latest runs over time, where there are two to draw a line between. */
function Charts({ runs }: { runs: Run[] }) {
  const t = useText(strings);
  if (runs.length < 2) return null;
  const chart = (title: string, value: (run: Run) => number) => (
    <Container header={<Header variant="h2">{title}</Header>}>
      <TimeSeries ariaLabel={title} series={[{ title, points: runs.map((run) => ({ at: moment(run.StartedAt) ?? new Date(0), value: value(run) })).reverse() }]} />
    </Container>
  );
  return (
    <ColumnLayout columns={2}>
      {chart(t("flagged"), (run) => run.Flagged)}
      {chart(t("savings"), (run) => run.MonthlySavings ?? 0)}
    </ColumnLayout>
  );
}

/** What became of resources: in one run, or ever. */
function Turns({ run }: { run: string }) {
  const t = useText(strings);
  const language = useLanguage();
  const advice = useCall(listAdvice);
  const names = new Map(advice.data?.Advice.map((check) => [check.CheckId, nameOf(check, language)]));
  return (
    <ResourceTable<Turn>
      name="trustedadvisor.turns"
      filterKey="turns"
      title={run === "" ? t("turns") : t("turnsOf", { run })}
      dependencies={[run]}
      load={async ({ token, signal }) => {
        const input = { ...(run === "" ? {} : { RunId: Number(run) }), ...(token ? { NextToken: token } : {}) };
        const answer = await garrisonCall<{ Changes: Turn[]; NextToken?: string }>("ListAdviceChanges", input, signal);
        return { items: answer.Changes, next: answer.NextToken };
      }}
      id={(turn) => `${turn.RunId} ${turn.CheckId} ${turn.Region ?? ""} ${turn.ResourceId}`}
      label={(turn) => turn.ResourceId}
      columns={[
        { id: "resource", header: t("resource"), value: (turn) => turn.ResourceId, cell: (turn) => <Name>{turn.ResourceId}</Name>, width: 210 },
        { id: "kind", header: t("turn"), value: (turn) => t(`turn_${turn.Kind}`), width: 110 },
        { id: "was", header: t("was"), value: (turn) => sayWord(strings, turn.Was), cell: (turn) => <Status>{turn.Was}</Status>, width: 145 },
        { id: "is", header: t("is"), value: (turn) => sayWord(strings, turn.Status), cell: (turn) => <Status>{turn.Status}</Status>, width: 145 },
        {
          id: "check",
          header: t("check"),
          value: (turn) => names.get(turn.CheckId) ?? turn.CheckId,
          cell: (turn) => (
            <Link to={checkPage(turn.CheckId)}>
              <Name>{names.get(turn.CheckId) ?? turn.CheckId}</Name>
            </Link>
          ),
          width: 270,
        },
        { id: "region", header: t("region"), value: (turn) => turn.Region, hidden: true },
        { id: "savings", header: t("savings"), value: (turn) => turn.MonthlySavings, cell: (turn) => formatDollars(turn.MonthlySavings || undefined), hidden: true },
        { id: "at", header: t("time"), value: (turn) => moment(turn.At), cell: (turn) => <Time at={moment(turn.At)} ago />, unfiltered: true },
      ]}
      empty={{ title: t("turnsEmpty"), text: t("turnsEmptyText") }}
    />
  );
}
