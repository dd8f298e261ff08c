// Times before now that graphs and searches look at, in seconds.
import { useText } from "@/i18n";
import { strings } from "./strings";

const HOUR = 3600;
const DAY = 24 * HOUR;
const RANGES = [HOUR / 4, HOUR, 3 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY];

export const DEFAULT_RANGE = String(HOUR);

export interface Option {
  value: string;
  label: string;
}

/** "15 minutes", "1 hour" …; `all` adds everything there is, as "0". */
export function useRanges(all = false): Option[] {
  const t = useText(strings);
  const word = (seconds: number): string => {
    if (seconds < HOUR) return t("minutes", { count: seconds / 60 });
    return seconds < DAY ? t("hours", { count: seconds / HOUR }) : t("days", { count: seconds / DAY });
  };
  return [...RANGES.map((seconds) => ({ value: String(seconds), label: word(seconds) })), ...(all ? [{ value: "0", label: t("allTime") }] : [])];
}

export function secondsOf(range: string): number {
  const seconds = Number(range);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : HOUR;
}

const PERIODS = [60, 300, 900, HOUR, 6 * HOUR, DAY];
const MOST_POINTS = 750;

/** The shortest period that a graph of so many seconds has room for, not below `least`. */
export function periodFor(seconds: number, least: number): number {
  if (seconds / least <= MOST_POINTS) return least;
  return PERIODS.find((period) => period >= least && period % least === 0 && seconds / period <= MOST_POINTS) ?? Math.ceil(DAY / least) * least;
}
