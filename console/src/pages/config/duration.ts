// How long something lasted, in the two largest units.
import { formatNumber } from "@/i18n";

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

export function duration(seconds: number): string {
  const first = Math.max(0, UNITS.findIndex(([, size]) => seconds >= size));
  let left = seconds >= 1 ? seconds : 0;
  const begin = seconds >= 1 ? first : UNITS.length - 1;
  return UNITS.slice(begin, begin + 2)
    .map(([unit, size]) => {
      const count = Math.floor(left / size);
      left -= count * size;
      return formatNumber(count, { style: "unit", unit, unitDisplay: "narrow" });
    })
    .join(" ");
}
