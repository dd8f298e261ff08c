// How many requests were allowed, blocked and counted, by CloudWatch's metrics.
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { Scope } from "@aws-sdk/client-wafv2";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, TimeSeries, useCall } from "@/kit";
import { useQueryValue } from "@/router";
import { clientOf } from "@/session";
import { Choice } from "./Choice";
import { useScopeRegion } from "./names";
import { strings } from "./strings";

const METRICS = ["AllowedRequests", "BlockedRequests", "CountedRequests"] as const;
const POINTS = 60;

/** The beginnings of all periods between two times, in step with one of them: where a metric has no value, there was no request. */
function everyPeriod(from: number, until: number, anchor: number, period: number): number[] {
  const first = anchor - Math.floor((anchor - from) / period) * period;
  return Array.from({ length: Math.max(0, Math.floor((until - first) / period)) + 1 }, (_, index) => first + index * period);
}

export function Traffic({ scope, metric }: { scope: Scope; metric: string }) {
  const t = useText(strings);
  const region = useScopeRegion(scope);
  const cloudwatch = clientOf(CloudWatchClient, region);
  const [hours, setHours] = useQueryValue("hours", "3");
  const period = Math.max(60, (Number(hours) * 3600) / POINTS);
  const place = scope === "CLOUDFRONT" ? [] : [{ Name: "Region", Value: region }];
  const Dimensions = [{ Name: "WebACL", Value: metric }, ...place, { Name: "Rule", Value: "ALL" }];
  const found = useCall(
    async (abortSignal) => {
      const until = new Date();
      const from = new Date(until.getTime() - Number(hours) * 3_600_000);
      const MetricDataQueries = METRICS.map((MetricName) => ({
        Id: MetricName.toLowerCase(),
        MetricStat: { Metric: { Namespace: "AWS/WAFV2", MetricName, Dimensions }, Period: period, Stat: "Sum" },
      }));
      const answer = await cloudwatch.send(new GetMetricDataCommand({ StartTime: from, EndTime: until, MetricDataQueries, ScanBy: "TimestampAscending" }), { abortSignal });
      const results = answer.MetricDataResults ?? [];
      const known = METRICS.map((name) => {
        const { Timestamps = [], Values = [] } = results.find(({ Id }) => Id === name.toLowerCase()) ?? {};
        return new Map(Timestamps.map((at, index) => [at.getTime(), Values[index] ?? 0]));
      });
      const [anchor] = known.flatMap((one) => [...one.keys()]);
      const times = anchor === undefined ? [] : everyPeriod(from.getTime(), until.getTime(), anchor, period * 1000);
      return { from, until, points: known.map((one) => times.map((at) => ({ at: new Date(at), value: one.get(at) ?? 0 }))) };
    },
    [cloudwatch, metric, hours],
    { every: 30_000 },
  );
  return (
    <Container header={<Header description={t("trafficText")}>{t("traffic")}</Header>}>
      <SpaceBetween size="m">
        <div className="waf-row">
          <Choice
            label={t("during")}
            value={hours}
            options={[
              { value: "1", label: t("lastHour") },
              { value: "3", label: t("lastHours", { hours: 3 }) },
              { value: "24", label: t("lastHours", { hours: 24 }) },
              { value: "168", label: t("lastDays", { days: 7 }) },
            ]}
            onChange={setHours}
          />
        </div>
        <ErrorAlert error={found.error} onRetry={found.reload} />
        {found.data ? (
          <TimeSeries
            ariaLabel={t("traffic")}
            from={found.data.from}
            until={found.data.until}
            series={METRICS.map((name, index) => ({ title: t(name), points: found.data?.points[index] ?? [] }))}
          />
        ) : found.loading ? (
          <Spinner />
        ) : null}
        <CliPanel commands={[cli("cloudwatch", "ListMetrics", { Namespace: "AWS/WAFV2", Dimensions: [{ Name: "WebACL", Value: metric }] })]} />
      </SpaceBetween>
    </Container>
  );
}
