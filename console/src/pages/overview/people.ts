// Recorded calls by who made them.
import type { Event } from "@aws-sdk/client-cloudtrail";
import { type EventRecord, readRecord } from "../cloudtrail/record";

export interface Person {
  name: string;
  calls: number;
  refused: number;
  last: Date | undefined;
  /** Addresses, the latest first. */
  from: string[];
}

/** What AWS records for the name in a sign-in that was no user's: it may be a password. */
export const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

/** Whether a service did it by itself, or in a role that it took. */
export function isOfService({ sourceIPAddress, userIdentity }: EventRecord): boolean {
  return userIdentity?.type === "AWSService" || (sourceIPAddress?.endsWith(".amazonaws.com") ?? false);
}

/** Who called, the most active first; what services did by themselves is left out. Events come with the latest first. */
export function peopleOf(events: Event[]): Person[] {
  const people = new Map<string, Person>();
  for (const event of events) {
    const record = readRecord(event.CloudTrailEvent);
    if (isOfService(record)) continue;
    const name = event.Username ?? record.userIdentity?.arn ?? record.userIdentity?.type ?? "";
    const person = people.get(name) ?? { name, calls: 0, refused: 0, last: event.EventTime, from: [] };
    person.calls += 1;
    if (record.errorCode) person.refused += 1;
    const address = record.sourceIPAddress;
    if (address && !person.from.includes(address)) person.from.push(address);
    people.set(name, person);
  }
  return [...people.values()].sort((one, other) => other.calls - one.calls);
}
