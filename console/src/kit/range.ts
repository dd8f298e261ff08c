// A range of time as an address has it: seconds before now ("3600"), all there is ("0"), or two moments ("2026-03-01T08:00:00Z/2026-03-01T09:00:00Z").

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Span {
  /** Undefined where everything is asked for. */
  from: Date | undefined;
  until: Date;
  seconds: number;
  /** Whether it stays where it is as time goes on. */
  isFixed: boolean;
}

export function writeSpan(from: Date, until: Date): string {
  return [from, until].map((at) => at.toISOString().replace(".000Z", "Z")).join("/");
}

/** What a range means now; the last hour where it is none. */
export function spanOf(range: string, now = Date.now()): Span {
  const [from = NaN, until = NaN] = range.split("/").map((moment) => Date.parse(moment));
  if (range.includes("/") && from < until) return { from: new Date(from), until: new Date(until), seconds: (until - from) / 1000, isFixed: true };
  const said = Number(range);
  const seconds = range !== "" && Number.isFinite(said) && said >= 0 ? said : HOUR;
  return { from: seconds === 0 ? undefined : new Date(now - seconds * 1000), until: new Date(now), seconds, isFixed: false };
}

const UNITS = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
  ["second", 1],
] as const;

/** Seconds in the largest unit that has them whole. */
export function inUnits(seconds: number): { amount: number; unit: (typeof UNITS)[number][0] } {
  const [unit, size] = UNITS.find(([, length]) => seconds >= length && seconds % length === 0) ?? UNITS[3];
  return { amount: seconds / size, unit };
}
