// Times that graphs and searches look at, and the periods that graphs of them have room for.

const HOUR = 3600;
const DAY = 24 * HOUR;

export const DEFAULT_RANGE = String(HOUR);

const PERIODS = [60, 300, 900, HOUR, 6 * HOUR, DAY];
const MOST_POINTS = 750;

/** The shortest period that a graph of so many seconds has room for, not below `least`. */
export function periodFor(seconds: number, least: number): number {
  if (seconds / least <= MOST_POINTS) return least;
  return PERIODS.find((period) => period >= least && period % least === 0 && seconds / period <= MOST_POINTS) ?? Math.ceil(DAY / least) * least;
}
