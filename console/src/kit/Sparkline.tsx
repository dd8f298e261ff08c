// A small picture of values over time, stacked: light enough for the first page that is loaded.
import { formatNumber } from "@/i18n";
import { formatTime } from "./Time";
import "./kit.css";

interface Properties {
  ariaLabel: string;
  /** The times, evenly spaced. */
  times: Date[];
  /** Values at those times, stacked from below. */
  layers: { title: string; values: number[] }[];
}

const WIDTH = 600;
const HEIGHT = 160;
const COLOURS = 4;

function areaOf(lower: number[], upper: number[], most: number): string {
  const x = (index: number) => (index / Math.max(1, upper.length - 1)) * WIDTH;
  const y = (value: number) => HEIGHT - (value / most) * HEIGHT;
  const there = upper.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  const back = lower.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).reverse();
  return [...there, ...back].join(" ");
}

export function Sparkline({ ariaLabel, times, layers }: Properties) {
  const sums = layers.reduce<number[][]>((below, { values }) => [...below, values.map((value, index) => value + (below.at(-1)?.[index] ?? 0))], [times.map(() => 0)]);
  const most = Math.max(1, ...(sums.at(-1) ?? []));
  const now = layers.map(({ title, values }) => `${title}: ${formatNumber(values.at(-1) ?? 0)}`).join(", ");
  const day = (at: Date | undefined) => formatTime(at, { month: "short", day: "numeric" });
  return (
    <figure className="g-sparkline">
      <div className="g-sparkline-most">{formatNumber(most)}</div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${ariaLabel}. ${now}`}>
        {layers.map(({ title }, index) => (
          <polygon key={title} className={`g-layer-${index % COLOURS}`} points={areaOf(sums[index] ?? [], sums[index + 1] ?? [], most)} />
        ))}
      </svg>
      <div className="g-sparkline-times">
        <span>{day(times[0])}</span>
        <span>{day(times.at(-1))}</span>
      </div>
      <figcaption>
        {layers.map(({ title, values }, index) => (
          <span key={title}>
            <i className={`g-swatch g-layer-${index % COLOURS}`} /> {title}: {formatNumber(values.at(-1) ?? 0)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
