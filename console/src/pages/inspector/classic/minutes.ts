// Durations of runs, which their API has in seconds.
import { formatNumber } from "@/i18n";

/** "1 minute", "60 minutes", in the person's language. */
export function formatMinutes(seconds: number): string {
  return formatNumber(Math.round(seconds / 60), { style: "unit", unit: "minute", unitDisplay: "long" });
}
