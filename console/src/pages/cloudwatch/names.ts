// Addresses of the pages, and what metrics are called.
import type { Dimension, Metric } from "@aws-sdk/client-cloudwatch";
import { formatNumber, type Say } from "@/i18n";
import { formatDuration } from "@/kit";
import { to } from "@/router";
import type { strings } from "./strings";

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

const DAY_SECONDS = 86_400;
const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"];

/** How long a log group keeps its events: "90 days", or for ever. */
export function retentionText(t: Say<keyof typeof strings.en>, days: number | undefined): string {
  return days ? formatDuration(days * DAY_SECONDS) : t("forever");
}

/** "1.2 MB". */
export function formatBytes(bytes: number): string {
  const steps = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${formatNumber(bytes / 1000 ** steps, { maximumSignificantDigits: 3 })} ${BYTE_UNITS[steps] ?? ""}`;
}
