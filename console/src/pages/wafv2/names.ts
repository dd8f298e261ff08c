// Scopes, the client of each, and the addresses of WAF's pages.
import { type Scope, WAFV2Client } from "@aws-sdk/client-wafv2";
import { cli } from "@/kit";
import { to } from "@/router";
import { clientOf, useRegion } from "@/session";

export type Kind = "web-acls" | "rule-groups" | "ip-sets" | "regex-sets";

export const CLOUDFRONT = "CLOUDFRONT";
const CLOUDFRONT_REGION = "us-east-1";

/** What names a resource in each call. */
export interface Key {
  Name: string;
  Scope: Scope;
  Id: string;
}

export function scopeOf(text: string): Scope {
  return text === CLOUDFRONT ? CLOUDFRONT : "REGIONAL";
}

/** The region that has the resources of a scope: those for CloudFront are in one only. */
export function useScopeRegion(scope: Scope): string {
  const region = useRegion();
  return scope === CLOUDFRONT ? CLOUDFRONT_REGION : region;
}

export function useWaf(scope: Scope): WAFV2Client {
  return clientOf(WAFV2Client, useScopeRegion(scope));
}

export function entityPage(kind: Kind, { Scope, Name, Id }: Key): string {
  return to("wafv2", kind, Scope, Name, Id);
}

/** The command of a call, in the region of its scope. */
export function wafCommand(operation: string, input: object, scope: Scope): string {
  return cli("wafv2", operation, input) + (scope === CLOUDFRONT ? ` --region ${CLOUDFRONT_REGION}` : "");
}
