// A replay of a draft: started, followed until it ends, and what it found.
import { garrisonCall } from "@/session";

export interface ReplayInput {
  Kind: "IDENTITY_POLICY" | "PERMISSIONS_BOUNDARY" | "TRUST_POLICY" | "RESOURCE_POLICY" | "METRIC_FILTER" | "ALARM";
  Document?: string;
  Principal?: string;
  Resource?: string;
  Replaces?: string;
  /** Seconds since 1970. */
  StartTime?: number;
}

export interface ReplayGroup {
  Effect: "newlyDenied" | "newlyAllowed" | "undetermined";
  Principal: string;
  Action: string;
  Resource: string;
  /** Of metric filters and alarms, instead of an action and its resource. */
  EventName?: string;
  SourceIPAddress?: string;
  Count: number;
  FirstEventTime: string;
  LastEventTime: string;
  EventIds?: string[];
  MissingKeys?: string[];
  DecidingStatements?: string[];
}

export interface ReplayedAlarm {
  StartTime: string;
  /** Left out where it had not ended. */
  EndTime?: string;
  Principals?: string[];
  EventNames?: string[];
}

export interface Replayed {
  Replay: { ReplayId: string; Kind?: ReplayInput["Kind"]; Status: "PENDING" | "RUNNING" | "FINISHED" | "FAILED" | "STOPPED"; Reason?: string; Events?: number };
  Totals?: Record<string, number>;
  Skipped?: number;
  Groups?: ReplayGroup[];
  Alarms?: ReplayedAlarm[];
  NextToken?: string;
}

const POLL_MILLISECONDS = 500;

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
}

/** Start a replay and follow it; `onProgress` hears how it stands. An abort stops the replay itself, too. */
export async function replay(input: ReplayInput, signal: AbortSignal, onProgress: (answer: Replayed) => void): Promise<Replayed> {
  const { ReplayId } = await garrisonCall<{ ReplayId: string }>("StartReplay", input, signal);
  for (;;) {
    if (signal.aborted) {
      await garrisonCall("StopReplay", { ReplayId });
      throw new DOMException("The replay was stopped.", "AbortError");
    }
    const answer = await garrisonCall<Replayed>("GetReplay", { ReplayId }, signal);
    onProgress(answer);
    if (answer.Replay.Status !== "PENDING" && answer.Replay.Status !== "RUNNING") return answer;
    await pause();
  }
}

/** The next groups of a replay that has ended. */
export function moreGroups(ReplayId: string, NextToken: string, signal: AbortSignal): Promise<Replayed> {
  return garrisonCall<Replayed>("GetReplay", { ReplayId, NextToken }, signal);
}
