// How advice went over time: what each refresh found, what was fixed, what came back, and the money saved since.
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, Name, Page, ResourceTable, Time, TimeSeries, useCall } from "@/kit";
import { Link, to, useQueryValue } from "@/router";
import { garrisonCall } from "@/session";
import { checkPage, moment, type Run, type Runs, type Turn } from "./advice";
import { formatDollars } from "./money";
import { Status } from "./Status";
import { strings } from "./strings";

const SHOWN_RUNS = 100;

export function RunsPage() {
  const t = useText(strings);
  const [chosen, setChosen] = useQueryValue("run");
  const latest = useCall((signal) => garrisonCall<Runs>("ListAdviceRuns", { MaxResults: SHOWN_RUNS }, signal));
  const points = (value: (run: Run) => number | undefined) =>
    (latest.data?.Runs ?? []).map((run) => ({ at: moment(run.StartedAt) ?? new Date(0), value: value(run) ?? 0 })).reverse();
  return (
    <Page title={t("trend")} description={t("trendText")} crumbs={[{ text: t("advice"), to: to("trustedadvisor") }]} help={t("help")}>
      <ErrorAlert error={latest.error} onRetry={latest.reload} />
      {(latest.data?.Runs ?? []).length > 1 ? (
        <ColumnLayout columns={2}>
          <Container header={<Header variant="h2">{t("flagged")}</Header>}>
            <TimeSeries ariaLabel={t("flagged")} series={[{ title: t("flagged"), points: points((run) => run.Flagged) }]} />
          </Container>
          <Container header={<Header variant="h2">{t("savings")}</Header>}>
            <TimeSeries ariaLabel={t("savings")} series={[{ title: t("savings"), points: points((run) => run.MonthlySavings) }]} />
          </Container>
        </ColumnLayout>
      ) : null}
      <ResourceTable<Run>
        name="trustedadvisor.runs"
        title={t("runs")}
        dependencies={[]}
        load={async ({ token, signal }) => {
          const answer = await garrisonCall<Runs>("ListAdviceRuns", token ? { NextToken: token } : {}, signal);
          return { items: answer.Runs, next: answer.NextToken };
        }}
        id={(run) => String(run.RunId)}
        columns={[
          { id: "started", header: t("started"), value: (run) => moment(run.StartedAt), cell: (run) => <Time at={moment(run.StartedAt)} />, unfiltered: true },
          { id: "origin", header: t("origin"), value: (run) => run.Origin },
          { id: "checks", header: t("checks"), value: (run) => run.Checks },
          { id: "flagged", header: t("flagged"), value: (run) => run.Flagged },
          { id: "found", header: t("found"), value: (run) => run.Found },
          { id: "fixed", header: t("fixed"), value: (run) => run.Fixed },
          { id: "returned", header: t("returned"), value: (run) => run.Returned },
          { id: "savings", header: t("savings"), value: (run) => run.MonthlySavings, cell: (run) => formatDollars(run.MonthlySavings) },
          { id: "saved", header: t("saved"), value: (run) => run.MonthlySaved, cell: (run) => formatDollars(run.MonthlySaved) },
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

/** What became of resources: in one run, or ever. */
function Turns({ run }: { run: string }) {
  const t = useText(strings);
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
        { id: "resource", header: t("resource"), value: (turn) => turn.ResourceId, cell: (turn) => <Name>{turn.ResourceId}</Name> },
        { id: "kind", header: t("turn"), value: (turn) => turn.Kind },
        { id: "was", header: t("was"), value: (turn) => turn.Was, cell: (turn) => <Status>{turn.Was}</Status> },
        { id: "is", header: t("is"), value: (turn) => turn.Status, cell: (turn) => <Status>{turn.Status}</Status> },
        { id: "check", header: t("check"), value: (turn) => turn.CheckId, cell: (turn) => <Link to={checkPage(turn.CheckId)}>{turn.CheckId}</Link> },
        { id: "region", header: t("region"), value: (turn) => turn.Region },
        { id: "savings", header: t("savings"), value: (turn) => turn.MonthlySavings, cell: (turn) => formatDollars(turn.MonthlySavings) },
        { id: "at", header: t("time"), value: (turn) => moment(turn.At), cell: (turn) => <Time at={moment(turn.At)} ago />, unfiltered: true },
      ]}
      empty={{ title: t("turnsEmpty"), text: t("turnsEmptyText") }}
    />
  );
}
