// Days of a trail's folders.

const DAY_MILLISECONDS = 86_400_000;

/** The day so many days before today, in UTC: `2026-03-01`. */
export function dayBefore(days: number): string {
  return new Date(Date.now() - days * DAY_MILLISECONDS).toISOString().slice(0, 10);
}
