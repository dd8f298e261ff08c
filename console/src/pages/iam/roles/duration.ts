// How long a role's sessions last, in words.
import { formatNumber } from "@/i18n";

const HOUR = 3600;
const MINUTE = 60;

/** "1 hour", "90 minutes": whole hours where they are whole. */
export function durationText(seconds: number): string {
  const unit = seconds % HOUR === 0 ? "hour" : seconds % MINUTE === 0 ? "minute" : "second";
  const size = { hour: HOUR, minute: MINUTE, second: 1 }[unit];
  return formatNumber(seconds / size, { style: "unit", unit, unitDisplay: "long" });
}
