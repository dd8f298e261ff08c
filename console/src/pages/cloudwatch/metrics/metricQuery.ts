// Metrics in an address's query: each a JSON list of namespace, name, and names and values of dimensions.
import type { Metric } from "@aws-sdk/client-cloudwatch";

export const STATISTICS = ["Average", "Sum", "Minimum", "Maximum", "SampleCount", "p50", "p90", "p95", "p99"];

export function writeMetric({ Namespace = "", MetricName = "", Dimensions = [] }: Metric): string {
  return JSON.stringify([Namespace, MetricName, ...Dimensions.flatMap(({ Name = "", Value = "" }) => [Name, Value])]);
}

/** The metrics of a query; what is none is left out. */
export function readMetrics(texts: string[]): Metric[] {
  return texts.flatMap((text) => {
    const parts = partsOf(text);
    const [Namespace, MetricName, ...rest] = parts;
    if (Namespace === undefined || MetricName === undefined || rest.length % 2 === 1) return [];
    const Dimensions = rest.flatMap((Name, index) => (index % 2 === 0 ? [{ Name, Value: rest[index + 1] ?? "" }] : []));
    return [{ Namespace, MetricName, Dimensions }];
  });
}

function partsOf(text: string): string[] {
  try {
    const parts: unknown = JSON.parse(text);
    return Array.isArray(parts) && parts.every((part) => typeof part === "string") ? parts : [];
  } catch {
    return [];
  }
}
