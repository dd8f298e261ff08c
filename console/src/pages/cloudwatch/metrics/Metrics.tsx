// Every metric that has data, and graphs of those that were chosen.
import { CloudWatchClient, ListMetricsCommand, type Metric } from "@aws-sdk/client-cloudwatch";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable } from "@/kit";
import { changeQuery, navigate, usePlace, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { AlarmForm } from "../alarms/AlarmForm";
import { Applied } from "../Applied";
import { Choice } from "../Choice";
import { alarmPage, dimensionText, metricText } from "../names";
import { DEFAULT_RANGE, periodFor, secondsOf, useRanges } from "../ranges";
import { strings } from "../strings";
import { Graph } from "./Graph";
import { readMetrics, STATISTICS, writeMetric } from "./metricQuery";

const MINUTE = 60;
const MOST_GRAPHED = 10;
const PERIODS = ["60", "300", "900", "3600", "86400"];

export function MetricsPage() {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const ranges = useRanges();
  const [namespace, setNamespace] = useQueryValue("namespace");
  const [metricName, setMetricName] = useQueryValue("metric-name");
  const [range, setRange] = useQueryValue("range", DEFAULT_RANGE);
  const [statistic, setStatistic] = useQueryValue("statistic", "Average");
  const [period, setPeriod] = useQueryValue("period", String(MINUTE));
  const graphed = readMetrics(usePlace().query.getAll("metric"));
  const [watched, setWatched] = useState<Metric>();
  const seconds = secondsOf(range);
  const inForce = periodFor(seconds, Number(period) || MINUTE);
  return (
    <Page title={t("metrics")} description={t("metricsText")} help={t("metricsHelp")}>
      {graphed.length > 0 ? (
        <Graph
          title={t("graph")}
          metrics={graphed}
          statistic={statistic}
          period={inForce}
          seconds={seconds}
          controls={
            <ColumnLayout columns={4}>
              <Choice label={t("range")} value={range} options={ranges} onChange={setRange} />
              <Choice label={t("statistic")} value={statistic} options={STATISTICS.map((value) => ({ value, label: value }))} onChange={setStatistic} />
              <Choice label={t("period")} value={period} options={PERIODS.map((value) => ({ value, label: t("seconds", { count: Number(value) }) }))} onChange={setPeriod} />
              <Button
                onClick={() => {
                  changeQuery({ metric: undefined });
                }}
              >
                {t("clearGraph")}
              </Button>
            </ColumnLayout>
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
          { id: "name", header: t("metricName"), value: (metric) => metric.MetricName, cell: (metric) => <Name>{metric.MetricName}</Name> },
          { id: "namespace", header: t("namespace"), value: (metric) => metric.Namespace, cell: (metric) => <Name>{metric.Namespace}</Name> },
          { id: "dimensions", header: t("dimensions"), value: (metric) => dimensionText(metric.Dimensions), cell: (metric) => <Name>{dimensionText(metric.Dimensions)}</Name> },
        ]}
        filters={
          <ColumnLayout columns={2}>
            <Applied label={t("namespace")} value={namespace} onApply={setNamespace} />
            <Applied label={t("metricName")} value={metricName} onApply={setMetricName} />
          </ColumnLayout>
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
