// The values of metrics over time.
import { CloudWatchClient, GetMetricDataCommand, type GetMetricDataCommandInput, type Metric } from "@aws-sdk/client-cloudwatch";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, formatDuration, type Span, spanOf, TimeSeries, useCall } from "@/kit";
import { useClient } from "@/session";
import { metricText } from "../names";
import { periodFor } from "../ranges";
import { strings } from "../strings";

const EVERY = 30_000;
/** What counts now has the time of its minute's beginning, and ends after now. */
const RUNNING_MINUTE = 60_000;

interface Properties {
  title: string;
  metrics: Metric[];
  statistic: string;
  /** The least period, in seconds: graphs of longer times have longer ones. */
  period: number;
  unit?: string | undefined;
  /** As `spanOf` reads it. */
  range: string;
  thresholds?: { title: string; value: number }[];
  controls?: ReactNode;
}

export function Graph({ title, metrics, statistic, period: least, unit, range, thresholds = [], controls }: Properties) {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const [opened] = useState(() => spanOf(range));
  const { seconds, isFixed } = spanOf(range);
  const period = periodFor(seconds, least);
  const inputOf = ({ from, until }: Span): GetMetricDataCommandInput => ({
    StartTime: from,
    EndTime: isFixed ? until : new Date(until.getTime() + RUNNING_MINUTE),
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
      const span = spanOf(range);
      const answer = await cloudwatch.send(new GetMetricDataCommand(inputOf(span)), { abortSignal });
      return { span, results: answer.MetricDataResults ?? [] };
    },
    [cloudwatch, asked, statistic, period, unit, range],
    isFixed ? {} : { every: EVERY },
  );
  const series = (graph.data?.results ?? []).map(({ Label, Timestamps = [], Values = [] }) => ({
    title: Label ?? "",
    points: Timestamps.map((at, index) => ({ at, value: Values[index] ?? 0 })),
  }));
  const span = graph.data?.span ?? opened;
  return (
    <Container header={<Header description={t("graphOf", { statistic, period: formatDuration(period) })}>{title}</Header>}>
      <SpaceBetween size="m">
        {controls}
        <ErrorAlert error={graph.error} onRetry={graph.reload} />
        {graph.error === undefined ? (
          <TimeSeries series={series} ariaLabel={title} thresholds={thresholds} {...(span.from ? { from: span.from } : {})} until={span.until} />
        ) : null}
        <CliPanel commands={[cli("cloudwatch", "GetMetricData", inputOf(span))]} />
      </SpaceBetween>
    </Container>
  );
}
