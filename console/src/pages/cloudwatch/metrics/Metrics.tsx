// Every metric that has data, and graphs of those that were chosen.
import { CloudWatchClient, ListMetricsCommand, type Metric } from "@aws-sdk/client-cloudwatch";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { formatDuration, Name, Page, ResourceTable, TimeRange } from "@/kit";
import { changeQuery, navigate, usePlace, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { AlarmForm } from "../alarms/AlarmForm";
import { Applied } from "../Applied";
import { Choice } from "../Choice";
import { alarmPage, dimensionText, metricText } from "../names";
import { DEFAULT_RANGE } from "../ranges";
import { strings } from "../strings";
import { Graph } from "./Graph";
import { readMetrics, STATISTICS, writeMetric } from "./metricQuery";

const MINUTE = 60;
const MOST_GRAPHED = 10;
const PERIODS = ["60", "300", "900", "3600", "86400"];

export function MetricsPage() {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const [namespace, setNamespace] = useQueryValue("namespace");
  const [metricName, setMetricName] = useQueryValue("metric-name");
  const [range, setRange] = useQueryValue("range", DEFAULT_RANGE);
  const [statistic, setStatistic] = useQueryValue("statistic", "Average");
  const [period, setPeriod] = useQueryValue("period", String(MINUTE));
  const graphed = readMetrics(usePlace().query.getAll("metric"));
  const [watched, setWatched] = useState<Metric>();
  return (
    <Page title={t("metrics")} description={t("metricsText")} help={t("metricsHelp")}>
      {graphed.length > 0 ? (
        <Graph
          title={t("graph")}
          metrics={graphed}
          statistic={statistic}
          period={Number(period) || MINUTE}
          range={range}
          controls={
            <div className="g-fields">
              <TimeRange label={t("range")} value={range} onChange={setRange} />
              <Choice label={t("statistic")} value={statistic} options={STATISTICS.map((value) => ({ value, label: value }))} onChange={setStatistic} />
              <Choice label={t("period")} value={period} options={PERIODS.map((value) => ({ value, label: formatDuration(Number(value)) }))} onChange={setPeriod} />
              <div>
                <Button
                  onClick={() => {
                    changeQuery({ metric: undefined });
                  }}
                >
                  {t("clearGraph")}
                </Button>
              </div>
            </div>
          }
        />
      ) : null}
      <ResourceTable<Metric>
        name="cloudwatch.metrics"
        title={t("metrics")}
        dependencies={[cloudwatch, namespace, metricName]}
        load={async ({ token, signal }) => {
          const input = { NextToken: token, Namespace: namespace || undefined, MetricName: metricName || undefined };
          const answer = await cloudwatch.send(new ListMetricsCommand(input), { abortSignal: signal });
          return { items: answer.Metrics ?? [], next: answer.NextToken };
        }}
        id={writeMetric}
        label={metricText}
        columns={[
          { id: "name", header: t("metricName"), value: (metric) => metric.MetricName, cell: (metric) => <Name>{metric.MetricName}</Name>, width: 260 },
          { id: "namespace", header: t("namespace"), value: (metric) => metric.Namespace, cell: (metric) => <Name>{metric.Namespace}</Name>, width: 200 },
          { id: "dimensions", header: t("dimensions"), value: (metric) => dimensionText(metric.Dimensions), cell: (metric) => <bdi>{dimensionText(metric.Dimensions) || "—"}</bdi>, minWidth: 320 },
        ]}
        filters={
          <div className="g-fields">
            <Applied label={t("namespace")} value={namespace} onApply={setNamespace} />
            <Applied label={t("metricName")} value={metricName} onApply={setMetricName} />
          </div>
        }
        selection="multi"
        actions={(chosen) => (
          <>
            <Button
              disabled={chosen.length !== 1}
              onClick={() => {
                setWatched(chosen[0]);
              }}
            >
              {t("createAlarm")}
            </Button>
            <Button
              variant="primary"
              disabled={chosen.length === 0}
              onClick={() => {
                changeQuery({ metric: chosen.slice(0, MOST_GRAPHED).map(writeMetric) });
              }}
            >
              {t("showGraph")}
            </Button>
          </>
        )}
        empty={{ title: t("metricsEmpty"), text: t("metricsEmptyText") }}
      />
      {watched ? (
        <AlarmForm
          alarm={watched}
          onClose={(name) => {
            setWatched(undefined);
            if (name) navigate(alarmPage(name));
          }}
        />
      ) : null}
    </Page>
  );
}
