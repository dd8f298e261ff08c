// The chart behind `TimeSeries`.
import Box from "@cloudscape-design/components/box";
import LineChart from "@cloudscape-design/components/line-chart";
import { formatNumber, useText } from "@/i18n";
import { preferences } from "@/preferences";
import { useStore } from "@/store";
import { strings } from "./strings";
import { formatTime } from "./Time";

/** A single point is a stroke of this part of the chart. */
const STROKE = 80;
const HALF_AN_HOUR = 1_800_000;

export interface Series {
  title: string;
  points: { at: Date; value: number }[];
}

export interface TimeSeriesProperties {
  series: Series[];
  ariaLabel: string;
  /** Lines across, such as an alarm's threshold. */
  thresholds?: { title: string; value: number }[];
  /** The times shown; those of the points where it is left out. */
  from?: Date;
  until?: Date;
  yTitle?: string;
  height?: number;
}

/** A line has two ends: a single point is drawn as a short stroke that ends in it, so that it is seen. */
function drawn(points: Series["points"], domain: number): Series["points"] {
  const [only] = points;
  if (!only || points.length > 1) return points;
  return [{ at: new Date(only.at.getTime() - domain / STROKE), value: only.value }, only];
}

export default function Chart({ series, ariaLabel, thresholds = [], from, until, yTitle = "", height = 240 }: TimeSeriesProperties) {
  const t = useText(strings);
  useStore(preferences);
  const times = series.flatMap(({ points }) => points.map(({ at }) => at.getTime()));
  const nothing = <Box textAlign="center">{t("noData")}</Box>;
  if (times.length === 0) return nothing;
  const around = new Set(times).size === 1 ? HALF_AN_HOUR : 0;
  const first = from ?? new Date(Math.min(...times) - around);
  const last = until ?? new Date(Math.max(...times) + around);
  const isLong = last.getTime() - first.getTime() > 2 * 86_400_000;
  return (
    <LineChart
      hideFilter
      height={height}
      xScaleType="time"
      ariaLabel={ariaLabel}
      xDomain={[first, last]}
      yTitle={yTitle}
      series={[
        ...series.map(({ title, points }) => ({ type: "line" as const, title, data: drawn(points, last.getTime() - first.getTime()).map(({ at, value }) => ({ x: at, y: value })), valueFormatter: (value: number) => formatNumber(value) })),
        ...thresholds.map(({ title, value }) => ({ type: "threshold" as const, title, y: value })),
      ]}
      i18nStrings={{
        xTickFormatter: (at) => formatTime(at, isLong ? { month: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit" }),
        yTickFormatter: (value) => formatNumber(value, { notation: "compact" }),
      }}
      empty={nothing}
      noMatch={nothing}
    />
  );
}
