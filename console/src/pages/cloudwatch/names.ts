// Addresses of the pages, and what metrics are called.
import type { Dimension, Metric } from "@aws-sdk/client-cloudwatch";
import { to } from "@/router";

export function alarmPage(name: string): string {
  return to("cloudwatch", "alarms", name);
}

export function logGroupPage(name: string): string {
  return to("cloudwatch", "logs", name);
}

/** "Host=web-1, Disk=sda". */
export function dimensionText(dimensions: Dimension[] | undefined): string {
  return (dimensions ?? []).map(({ Name, Value }) => `${Name ?? ""}=${Value ?? ""}`).join(", ");
}

export function metricText({ Namespace, MetricName, Dimensions }: Metric): string {
  const dimensions = dimensionText(Dimensions);
  return `${Namespace ?? ""} ${MetricName ?? ""}${dimensions ? ` (${dimensions})` : ""}`;
}
