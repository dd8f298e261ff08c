// The values of metrics over time.
import { CloudWatchClient, GetMetricDataCommand, type GetMetricDataCommandInput, type Metric } from "@aws-sdk/client-cloudwatch";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, TimeSeries, useCall } from "@/kit";
import { useClient } from "@/session";
import { metricText } from "../names";
import { strings } from "../strings";

const EVERY = 30_000;

interface Properties {
  title: string;
  metrics: Metric[];
  statistic: string;
  period: number;
  unit?: string | undefined;
  /** How much time before now. */
  seconds: number;
  thresholds?: { title: string; value: number }[];
  controls?: ReactNode;
}

export function Graph({ title, metrics, statistic, period, unit, seconds, thresholds = [], controls }: Properties) {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const [opened] = useState(() => Date.now());
  const inputOf = (until: number): GetMetricDataCommandInput => ({
    StartTime: new Date(until - seconds * 1000),
    EndTime: new Date(until),
    ScanBy: "TimestampAscending",
    MetricDataQueries: metrics.map((metric, index) => ({
      Id: `m${index}`,
      Label: metricText(metric),
      MetricStat: { Metric: metric, Stat: statistic, Period: period, ...(unit ? { Unit: unit as "None" } : {}) },
    })),
  });
  const asked = JSON.stringify(metrics);
  const graph = useCall(
    async (abortSignal) => {
      const until = Date.now() + 60_000; // the running minute too
      const answer = await cloudwatch.send(new GetMetricDataCommand(inputOf(until)), { abortSignal });
      return { until, results: answer.MetricDataResults ?? [] };
    },
    [cloudwatch, asked, statistic, period, unit, seconds],
    { every: EVERY },
  );
  const series = (graph.data?.results ?? []).map(({ Label, Timestamps = [], Values = [] }) => ({
    title: Label ?? "",
    points: Timestamps.map((at, index) => ({ at, value: Values[index] ?? 0 })),
  }));
  const until = graph.data?.until ?? opened;
  return (
    <Container header={<Header description={t("graphOf", { statistic, period })}>{title}</Header>}>
      <SpaceBetween size="m">
        {controls}
        <ErrorAlert error={graph.error} onRetry={graph.reload} />
        {graph.error === undefined ? (
          <TimeSeries series={series} ariaLabel={title} thresholds={thresholds} from={new Date(until - seconds * 1000)} until={new Date(until)} />
        ) : null}
        <CliPanel commands={[cli("cloudwatch", "GetMetricData", inputOf(until))]} />
      </SpaceBetween>
    </Container>
  );
}
