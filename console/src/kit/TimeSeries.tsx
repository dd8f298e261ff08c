// Values over time, as lines; the chart's code is loaded when a page first shows one.
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense } from "react";
import type { TimeSeriesProperties } from "./chart";

const Chart = lazy(() => import("./chart"));

export function TimeSeries(properties: TimeSeriesProperties) {
  return (
    <Suspense fallback={<Spinner />}>
      <Chart {...properties} />
    </Suspense>
  );
}
