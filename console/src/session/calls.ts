// The calls that this page made, as the panel of CLI commands shows them.
import { createStore } from "@/store";

export interface MadeCall {
  id: number;
  /** The service as the aws command names it. */
  service: string;
  operation: string;
  input: object;
  at: number;
  /** AWS's code where it was refused. */
  refusal?: string;
}

const MOST = 40;
let last = 0;

export const madeCalls = createStore<MadeCall[]>([]);

/** Note a call; the latest comes first. */
export function noteCall(call: Omit<MadeCall, "id" | "at">): void {
  last += 1;
  madeCalls.set([{ ...call, id: last, at: Date.now() }, ...madeCalls.get()].slice(0, MOST));
}
