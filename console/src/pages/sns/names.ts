// Names inside of ARNs of SNS, and the addresses of their pages.
import { to } from "@/router";

/** The name of a topic: what follows the fifth colon of its ARN. */
export function topicName(arn: string): string {
  return arn.split(":")[5] ?? arn;
}

export function topicPage(arn: string): string {
  return to("sns", "topics", arn);
}

export function subscriptionPage(arn: string): string {
  return to("sns", "subscriptions", arn);
}

/** A subscription that nobody confirmed has this word instead of an ARN. */
export function isConfirmed(arn: string | undefined): arn is string {
  return arn?.startsWith("arn:") ?? false;
}
