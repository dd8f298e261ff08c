// A replay of a draft over what was recorded: started, followed until it ends, and stopped where nobody waits for it any more.
import { useEffect, useRef, useState } from "react";
import { garrisonCall, isAbort } from "@/session";
import { useAction } from "./useCall";

export interface ReplayInput {
  Kind: "IDENTITY_POLICY" | "PERMISSIONS_BOUNDARY" | "TRUST_POLICY" | "RESOURCE_POLICY" | "METRIC_FILTER" | "ALARM" | "CONFIG_RULE" | "WEB_ACL";
  Document?: string;
  Principal?: string;
  Resource?: string;
  Replaces?: string;
  /** Seconds since 1970. */
  StartTime?: number;
  EndTime?: number;
}

/** What every kind of replay answers; each has groups or resources of its own besides. */
export interface Replayed {
  Replay: { ReplayId: string; Kind?: ReplayInput["Kind"]; Status: "PENDING" | "RUNNING" | "FINISHED" | "FAILED" | "STOPPED"; Reason?: string; Events?: number };
  Totals?: Record<string, number>;
  NextToken?: string;
}

const LOOK_AGAIN_MILLISECONDS = 500;

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LOOK_AGAIN_MILLISECONDS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function isOver({ Replay: { Status } }: Replayed): boolean {
  return Status !== "PENDING" && Status !== "RUNNING";
}

async function follow<A extends Replayed>(ReplayId: string, signal: AbortSignal, onProgress: (answer: A) => void): Promise<A> {
  try {
    while (!signal.aborted) {
      const answer = await garrisonCall<A>("GetReplay", { ReplayId }, signal);
      if (isOver(answer)) return answer;
      onProgress(answer);
      await pause(signal);
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  }
  await garrisonCall("StopReplay", { ReplayId });
  return garrisonCall<A>("GetReplay", { ReplayId });
}

export interface Replaying<A extends Replayed> {
  /** Start one; what was found before is forgotten. `of` is kept, to tell whether the draft has changed since. */
  start: (input: ReplayInput, of?: unknown) => Promise<boolean>;
  stop: () => void;
  busy: boolean;
  error: unknown;
  /** How many records were replayed so far. */
  events: number;
  /** What was found; undefined until it has ended. */
  answer: A | undefined;
  of: unknown;
}

export function useReplay<A extends Replayed>(): Replaying<A> {
  const [answer, setAnswer] = useState<A>();
  const [of, setOf] = useState<unknown>();
  const controller = useRef<AbortController>(undefined);
  useEffect(
    () => () => {
      controller.current?.abort();
    },
    [],
  );
  const act = useAction(async (input: ReplayInput, draft?: unknown) => {
    const { signal } = (controller.current = new AbortController());
    setAnswer(undefined);
    setOf(draft);
    const { ReplayId } = await garrisonCall<{ ReplayId: string }>("StartReplay", input, signal);
    setAnswer(await follow<A>(ReplayId, signal, setAnswer));
  });
  const { run: start, busy, error } = act;
  const stop = () => {
    controller.current?.abort();
  };
  return { start, stop, busy, error, events: answer?.Replay.Events ?? 0, answer: busy ? undefined : answer, of };
}

/** The next page of what a replay that has ended found. */
export function replayPage<A extends Replayed>({ Replay: { ReplayId } }: A, NextToken: string, signal: AbortSignal): Promise<A> {
  return garrisonCall<A>("GetReplay", { ReplayId, NextToken }, signal);
}
