// What the form of an alarm holds, and the request that it makes.
import { linesOf } from "@/kit";
import type { ComparisonOperator, Dimension, MetricAlarm, PutMetricAlarmCommandInput, Statistic } from "@aws-sdk/client-cloudwatch";

export interface Draft {
  name: string;
  description: string;
  namespace: string;
  metricName: string;
  dimensions: Dimension[];
  statistic: string;
  period: string;
  comparison: ComparisonOperator;
  threshold: string;
  evaluated: string;
  datapoints: string;
  missing: string;
  alarmActions: string;
  okActions: string;
  dataActions: string;
}

const SIMPLE: Statistic[] = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"];

export function draftOf(alarm: MetricAlarm): Draft {
  const text = (value: number | undefined, fallback: string) => (value === undefined ? fallback : String(value));
  return {
    name: alarm.AlarmName ?? "",
    description: alarm.AlarmDescription ?? "",
    namespace: alarm.Namespace ?? "",
    metricName: alarm.MetricName ?? "",
    dimensions: alarm.Dimensions ?? [],
    statistic: alarm.ExtendedStatistic ?? alarm.Statistic ?? "Sum",
    period: text(alarm.Period, "300"),
    comparison: alarm.ComparisonOperator ?? "GreaterThanOrEqualToThreshold",
    threshold: text(alarm.Threshold, ""),
    evaluated: text(alarm.EvaluationPeriods, "1"),
    datapoints: text(alarm.DatapointsToAlarm, ""),
    missing: alarm.TreatMissingData ?? "missing",
    alarmActions: (alarm.AlarmActions ?? []).join("\n"),
    okActions: (alarm.OKActions ?? []).join("\n"),
    dataActions: (alarm.InsufficientDataActions ?? []).join("\n"),
  };
}

export function isReady(draft: Draft): boolean {
  const numbers = [draft.threshold, draft.period, draft.evaluated, draft.datapoints || "1"];
  return draft.name !== "" && draft.namespace !== "" && draft.metricName !== "" && numbers.every((text) => text.trim() !== "" && Number.isFinite(Number(text)));
}

/** PutMetricAlarm replaces the whole alarm: what the form does not show is taken from `before`. */
export function requestOf(draft: Draft, before: MetricAlarm): PutMetricAlarmCommandInput {
  const simple = SIMPLE.find((one) => one === draft.statistic);
  return {
    AlarmName: draft.name,
    AlarmDescription: draft.description || undefined,
    ActionsEnabled: before.ActionsEnabled,
    Namespace: draft.namespace,
    MetricName: draft.metricName,
    Dimensions: draft.dimensions.length > 0 ? draft.dimensions : undefined,
    ...(simple ? { Statistic: simple } : { ExtendedStatistic: draft.statistic }),
    Unit: before.Unit,
    EvaluateLowSampleCountPercentile: simple ? undefined : before.EvaluateLowSampleCountPercentile,
    Period: Number(draft.period),
    ComparisonOperator: draft.comparison,
    Threshold: Number(draft.threshold),
    EvaluationPeriods: Number(draft.evaluated),
    DatapointsToAlarm: draft.datapoints ? Number(draft.datapoints) : undefined,
    TreatMissingData: draft.missing,
    AlarmActions: linesOf(draft.alarmActions),
    OKActions: linesOf(draft.okActions),
    InsufficientDataActions: linesOf(draft.dataActions),
  };
}
