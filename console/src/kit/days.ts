// Days of the week as APIs write them (`MON`), and their names in the person's language.
import { locale } from "@/i18n";

export const DAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"] as const;
export type Day = (typeof DAYS)[number];

const FIRST_MONDAY = Date.UTC(2024, 0, 1);
const DAY_MILLISECONDS = 86_400_000;

export function dayName(day: Day): string {
  const at = FIRST_MONDAY + DAYS.indexOf(day) * DAY_MILLISECONDS;
  return new Intl.DateTimeFormat(locale(), { weekday: "long", timeZone: "UTC" }).format(at);
}
