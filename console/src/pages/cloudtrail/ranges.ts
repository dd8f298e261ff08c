// Ranges of time that end now.

const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;

export const RANGES = [
  { id: "all", hours: 0 },
  { id: "hour", hours: 1 },
  { id: "day", hours: 24 },
  { id: "week", hours: 168 },
  { id: "month", hours: 720 },
] as const;

/** When a range begins, to the minute, so that asking again asks the same; undefined for all there is. */
export function rangeStart(id: string): Date | undefined {
  const hours = RANGES.find((one) => one.id === id)?.hours ?? 0;
  if (hours === 0) return undefined;
  return new Date(Math.floor((Date.now() - hours * HOUR_MILLISECONDS) / 60_000) * 60_000);
}

/** The day so many days before today, in UTC: `2026-03-01`. */
export function dayBefore(days: number): string {
  return new Date(Date.now() - days * DAY_MILLISECONDS).toISOString().slice(0, 10);
}
