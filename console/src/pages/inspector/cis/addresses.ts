// Addresses of the pages about CIS scans.
import { to, withQuery } from "@/router";

export function cisPage(query: { tab?: string; filter?: string } = {}): string {
  return withQuery(to("inspector", "cis"), query);
}

export function scanPage(arn: string): string {
  return to("inspector", "cis", "scans", arn);
}

export function scannedHostPage(arn: string, host: string): string {
  return to("inspector", "cis", "scans", arn, "hosts", host);
}
