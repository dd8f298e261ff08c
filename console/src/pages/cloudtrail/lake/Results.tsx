// A query's answer: rows as they come, and a chart where they are numbers over time.
import { CancelQueryCommand, CloudTrailClient, GetQueryResultsCommand, type GetQueryResultsCommandOutput } from "@aws-sdk/client-cloudtrail";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { formatNumber, useText } from "@/i18n";
import { asDate, ErrorAlert, ResourceTable, TimeSeries, useAction, useCall } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings";

const LOOK_AGAIN_MILLISECONDS = 1500;
const PAGE_SIZE = 1000;
const MOST_ROWS = 10_000;
const RUNNING = new Set(["QUEUED", "RUNNING"]);

interface Row {
  number: number;
  values: Record<string, string>;
}

interface Answer {
  status: string;
  message?: string;
  rows: Row[];
  total: number;
  scanned: number;
}

/** Values whose order is that of numbers are put in order as such. */
function comparable(text: string | undefined): string | number | undefined {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) && text.length < 16 ? Number(text) : text;
}

export function Results({ query }: { query: string }) {
  const t = useText(strings);
  const trail = useClient(CloudTrailClient);
  const [running, setRunning] = useState(true);
  const answer = useCall(
    async (abortSignal): Promise<Answer> => {
      const rows: Row[] = [];
      let page: GetQueryResultsCommandOutput;
      let token: string | undefined;
      do {
        page = await trail.send(new GetQueryResultsCommand({ QueryId: query, MaxQueryResults: PAGE_SIZE, NextToken: token }), { abortSignal });
        for (const row of page.QueryResultRows ?? []) rows.push({ number: rows.length, values: Object.assign({}, ...row) as Record<string, string> });
        token = page.NextToken;
      } while (token && rows.length < MOST_ROWS);
      const status = page.QueryStatus ?? "";
      setRunning(RUNNING.has(status));
      const { TotalResultsCount = rows.length, BytesScanned = 0 } = page.QueryStatistics ?? {};
      return { status, rows, total: TotalResultsCount, scanned: BytesScanned, ...(page.ErrorMessage ? { message: page.ErrorMessage } : {}) };
    },
    [trail, query],
    running ? { every: LOOK_AGAIN_MILLISECONDS } : {},
  );
  const cancel = useAction(() => trail.send(new CancelQueryCommand({ QueryId: query })));
  const { data } = answer;
  const outcomes: Record<string, string> = { FAILED: t("queryFailed"), CANCELLED: t("queryCancelled"), TIMED_OUT: t("queryTimedOut") };
  const names = Object.keys(data?.rows[0]?.values ?? {});
  return (
    <SpaceBetween size="l">
      <ErrorAlert error={answer.error} onRetry={answer.reload} />
      {running ? (
        <SpaceBetween direction="horizontal" size="s" alignItems="center">
          <StatusIndicator type="loading">{t("running")}</StatusIndicator>
          <Button loading={cancel.busy} onClick={() => void cancel.run()}>
            {t("stop")}
          </Button>
        </SpaceBetween>
      ) : null}
      <ErrorAlert error={cancel.error} />
      {data && !running && data.status !== "FINISHED" ? (
        <StatusIndicator type={data.status === "CANCELLED" ? "stopped" : "error"}>
          <bdi>{[outcomes[data.status] ?? data.status, data.message].filter(Boolean).join(": ")}</bdi>
        </StatusIndicator>
      ) : null}
      {data && data.status === "FINISHED" ? <Chart rows={data.rows} names={names} /> : null}
      {data && data.status === "FINISHED" ? (
        <ResourceTable<Row>
          name={`cloudtrail.lake.${names.join(",")}`}
          filterKey="rows"
          title={t("results")}
          description={t("scanned", { rows: data.total, bytes: formatNumber(data.scanned, { notation: "compact" }) })}
          items={data.rows}
          id={({ number }) => String(number)}
          columns={names.map((name) => ({
            id: name,
            header: name,
            value: ({ values }: Row) => comparable(values[name]),
            cell: ({ values }: Row) => <bdi>{values[name] ?? "—"}</bdi>,
            minWidth: 140,
          }))}
          empty={{ title: t("resultsEmpty"), text: t("resultsEmptyText") }}
        />
      ) : null}
    </SpaceBetween>
  );
}

/** Rows of a time and numbers are lines. */
function Chart({ rows, names }: { rows: Row[]; names: string[] }) {
  const t = useText(strings);
  const [when, ...others] = names;
  const numbers = others.filter((name) => rows.every(({ values }) => typeof comparable(values[name]) === "number"));
  const isOverTime = when !== undefined && rows.length > 0 && rows.every(({ values }) => /^\d{4}-\d\d-\d\d/.test(values[when] ?? ""));
  if (!isOverTime || numbers.length === 0) return null;
  const points = (name: string) =>
    rows.map(({ values }) => ({ at: asDate(values[when]?.replace(" ", "T").replace(/(\.\d{3})\d*$/, "$1").replace(/([^Z])$/, "$1Z")) ?? new Date(0), value: Number(values[name]) }));
  return (
    <Container header={<Header variant="h2">{t("chart")}</Header>}>
      <TimeSeries ariaLabel={t("chart")} series={numbers.map((name) => ({ title: name, points: points(name) }))} />
    </Container>
  );
}
