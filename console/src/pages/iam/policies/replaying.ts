// What a replay of a policy, a metric filter or an alarm finds.
import type { Replayed as AnyReplayed } from "@/kit";

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

export interface Replayed extends AnyReplayed {
  Skipped?: number;
  Groups?: ReplayGroup[];
  Alarms?: ReplayedAlarm[];
}
