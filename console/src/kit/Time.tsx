// Times in the viewer's zone (or UTC, where they prefer it); the exact UTC time is its title.
import { formatNumber, locale } from "@/i18n";
import { preferences } from "@/preferences";
import { useStore } from "@/store";
import { inUnits } from "./range";

type Moment = Date | number | string | undefined;

export function asDate(moment: Moment): Date | undefined {
  if (moment === undefined) return undefined;
  const date = moment instanceof Date ? moment : new Date(moment);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const zone = preferences.get().zone === "utc" ? { timeZone: "UTC" } : {};
  return new Intl.DateTimeFormat(locale(), { ...options, ...zone });
}

export function formatTime(moment: Moment, options: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "medium" }): string {
  const date = asDate(moment);
  if (!date) return "—";
  return formatter(options).format(date);
}

/** "Nov 26, 2026, 8:10 – 8:40 PM". */
export function formatTimes(from: Date, until: Date): string {
  return formatter({ dateStyle: "medium", timeStyle: "short" }).formatRange(from, until);
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** "5 minutes ago". */
export function formatAgo(moment: Moment, now = Date.now()): string {
  const date = asDate(moment);
  if (!date) return "—";
  const seconds = (date.getTime() - now) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** "3 hours". */
export function formatDuration(seconds: number): string {
  const { amount, unit } = inUnits(seconds);
  return formatNumber(amount, { style: "unit", unit, unitDisplay: "long" });
}

/** A moment: a Date, milliseconds since 1970 or ISO text. `ago` tells how long ago it was. */
export function Time({ at, ago = false }: { at: Moment; ago?: boolean }) {
  useStore(preferences);
  const date = asDate(at);
  if (!date) return <>—</>;
  const exact = date.toISOString();
  return (
    <time dateTime={exact} title={ago ? `${formatTime(date)} (${exact})` : exact}>
      {ago ? formatAgo(date) : formatTime(date)}
    </time>
  );
}
