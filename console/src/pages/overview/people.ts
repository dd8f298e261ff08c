// Recorded calls by who made them.
import type { Event } from "@aws-sdk/client-cloudtrail";

export interface Person {
  name: string;
  calls: number;
  refused: number;
  last: Date | undefined;
  /** Addresses, the latest first. */
  from: string[];
}

interface Detail {
  errorCode?: string;
  sourceIPAddress?: string;
  userIdentity?: { type?: string; arn?: string; invokedBy?: string };
}

function detailOf(event: Event): Detail {
  try {
    return JSON.parse(event.CloudTrailEvent ?? "{}") as Detail;
  } catch {
    return {};
  }
}

/** Who called, the most active first. Events come with the latest first. */
export function peopleOf(events: Event[]): Person[] {
  const people = new Map<string, Person>();
  for (const event of events) {
    const detail = detailOf(event);
    const name = event.Username ?? detail.userIdentity?.arn ?? detail.userIdentity?.invokedBy ?? detail.userIdentity?.type ?? "";
    const person = people.get(name) ?? { name, calls: 0, refused: 0, last: event.EventTime, from: [] };
    person.calls += 1;
    if (detail.errorCode) person.refused += 1;
    const address = detail.sourceIPAddress;
    if (address && !person.from.includes(address)) person.from.push(address);
    people.set(name, person);
  }
  return [...people.values()].sort((one, other) => other.calls - one.calls);
}
