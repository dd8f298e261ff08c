// What an alarm compares, in one line.
import type { ComparisonOperator, MetricAlarm } from "@aws-sdk/client-cloudwatch";

export const COMPARISONS: Partial<Record<ComparisonOperator, string>> = {
  GreaterThanOrEqualToThreshold: "≥",
  GreaterThanThreshold: ">",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

/** "Sum(Errors) ≥ 3, 1/1 × 300 s". */
export function conditionText(alarm: MetricAlarm): string {
  const statistic = alarm.ExtendedStatistic ?? alarm.Statistic ?? "";
  const sign = alarm.ComparisonOperator ? (COMPARISONS[alarm.ComparisonOperator] ?? alarm.ComparisonOperator) : "";
  const periods = alarm.EvaluationPeriods ?? 1;
  return `${statistic}(${alarm.MetricName ?? ""}) ${sign} ${alarm.Threshold ?? ""}, ${alarm.DatapointsToAlarm ?? periods}/${periods} × ${alarm.Period ?? ""} s`;
}
