// Whether the server answers: what a bar at the top of the page tells while calls are tried again.
import { createStore } from "@/store";

export type Weather = "fine" | "away" | "busy";

export const weather = createStore<Weather>("fine");

const troubled = new Map<symbol, Weather>();

/** Tell how a call fares; "fine" forgets it. */
export function report(call: symbol, state: Weather): void {
  if (state === "fine") troubled.delete(call);
  else troubled.set(call, state);
  const states = [...troubled.values()];
  weather.set(states.includes("away") ? "away" : states.includes("busy") ? "busy" : "fine");
}
