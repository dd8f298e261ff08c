// What an alarm compares, in one line.
import type { ComparisonOperator, MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { formatNumber, say } from "@/i18n";
import { formatDuration } from "@/kit";
import { strings } from "../strings";

export const MISSING = ["missing", "ignore", "breaching", "notBreaching"] as const;

export const COMPARISONS: Partial<Record<ComparisonOperator, string>> = {
  GreaterThanOrEqualToThreshold: "≥",
  GreaterThanThreshold: ">",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

/** "Sum(Errors) ≥ 3 in 2 of 3 periods of 5 minutes". */
export function conditionText(alarm: MetricAlarm): string {
  const statistic = alarm.ExtendedStatistic ?? alarm.Statistic ?? "";
  const sign = alarm.ComparisonOperator ? (COMPARISONS[alarm.ComparisonOperator] ?? alarm.ComparisonOperator) : "";
  const periods = alarm.EvaluationPeriods ?? 1;
  const compared = `${statistic}(${alarm.MetricName ?? ""}) ${sign} ${formatNumber(alarm.Threshold ?? 0, { maximumSignificantDigits: 15 })}`;
  const period = formatDuration(alarm.Period ?? 0);
  return periods === 1 ? say(strings, "conditionOnce", { compared, period }) : say(strings, "conditionOf", { compared, period, datapoints: alarm.DatapointsToAlarm ?? periods, periods });
}
