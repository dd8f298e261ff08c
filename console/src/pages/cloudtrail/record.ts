// A CloudTrail record, as events carry it: the parts that pages show.
import { to } from "@/router";

export interface EventRecord {
  eventTime?: string;
  eventName?: string;
  eventSource?: string;
  awsRegion?: string;
  sourceIPAddress?: string;
  userAgent?: string;
  errorCode?: string;
  errorMessage?: string;
  readOnly?: boolean;
  requestID?: string;
  recipientAccountId?: string;
  userIdentity?: { type?: string; arn?: string; principalId?: string; accountId?: string; invokedBy?: string; userName?: string };
  requestParameters?: unknown;
  responseElements?: unknown;
  resources?: { ARN?: string; type?: string }[];
}

/** The record in an event's text; empty where it is no JSON. */
export function readRecord(text: string | undefined): EventRecord {
  try {
    return JSON.parse(text ?? "{}") as EventRecord;
  } catch {
    return {};
  }
}

/** What an ARN names, without partition, service, region and account: "user/alice". Other names stay as they are. */
export function withoutAccount(arn: string): string {
  return arn.startsWith("arn:") ? arn.split(":").slice(5).join(":") : arn;
}

/** Who called, as shortly as it can be said. */
export function caller({ userIdentity }: EventRecord): string {
  return (userIdentity?.arn && withoutAccount(userIdentity.arn)) ?? userIdentity?.invokedBy ?? userIdentity?.userName ?? userIdentity?.principalId ?? userIdentity?.type ?? "";
}

export function eventPage(id: string): string {
  return to("cloudtrail", "events", id);
}
