// How many requests were allowed, blocked and counted, by CloudWatch's metrics.
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { Scope } from "@aws-sdk/client-wafv2";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, TimeSeries, useCall } from "@/kit";
import { useQueryValue } from "@/router";
import { clientOf } from "@/session";
import { Choice } from "./Choice";
import { useScopeRegion } from "./names";
import { strings } from "./strings";

const METRICS = ["AllowedRequests", "BlockedRequests", "CountedRequests"] as const;
const POINTS = 60;

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
      const points = (id: string) => {
        const { Timestamps = [], Values = [] } = results.find(({ Id }) => Id === id) ?? {};
        return Timestamps.map((at, index) => ({ at, value: Values[index] ?? 0 }));
      };
      return { from, until, points: new Map(METRICS.map((name) => [name, points(name.toLowerCase())])) };
    },
    [cloudwatch, metric, hours],
    { every: 30_000 },
  );
  return (
    <Container header={<Header description={t("trafficText")}>{t("traffic")}</Header>}>
      <SpaceBetween size="m">
        <div className="waf-row">
          <Choice label={t("during")} value={hours} options={["1", "3", "24", "168"].map((value) => ({ value, label: t("lastHours", { hours: Number(value) }) }))} onChange={setHours} />
        </div>
        <ErrorAlert error={found.error} onRetry={found.reload} />
        {found.data ? (
          <TimeSeries
            ariaLabel={t("traffic")}
            from={found.data.from}
            until={found.data.until}
            series={METRICS.map((name) => ({ title: t(name), points: found.data?.points.get(name) ?? [] }))}
          />
        ) : null}
        <CliPanel commands={[cli("cloudwatch", "ListMetrics", { Namespace: "AWS/WAFV2", Dimensions: [{ Name: "WebACL", Value: metric }] })]} />
      </SpaceBetween>
    </Container>
  );
}
