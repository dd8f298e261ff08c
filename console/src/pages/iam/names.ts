// The addresses of IAM's pages.
import { to } from "@/router";
import type { Holder } from "./holders";

export const userPage = (name: string): string => to("iam", "users", name);
export const groupPage = (name: string): string => to("iam", "groups", name);
export const rolePage = (name: string): string => to("iam", "roles", name);
/** Where a role is made: no role has a page of its own below `-`. */
export const NEW_ROLE = to("iam", "roles", "-", "new");
export const policyPage = (arn: string): string => to("iam", "policies", arn);

const FOLDERS = { user: "users", group: "groups", role: "roles" } as const;

export function holderPage({ kind, name }: Holder): string {
  return to("iam", FOLDERS[kind], name);
}

/** The page of an inline policy: a new one where no name is given. */
export function inlinePage({ kind, name }: Holder, policy?: string): string {
  return policy === undefined ? to("iam", FOLDERS[kind], name, "inline") : to("iam", FOLDERS[kind], name, "inline", policy);
}

/** The page of an ARN that IAM has one for. */
export function arnPage(arn: string | undefined): string | undefined {
  const resource = arn?.split(":").slice(5).join(":") ?? "";
  const [kind] = resource.split("/");
  const name = resource.split("/").at(-1) ?? "";
  if (kind === "user") return userPage(name);
  if (kind === "role") return rolePage(name);
  if (kind === "group") return groupPage(name);
  if (kind === "policy") return policyPage(arn ?? "");
  return undefined;
}

/** The name of a policy, user, role or group in its ARN. */
export function nameInArn(arn: string): string {
  return arn.split("/").at(-1) ?? arn;
}

/** AWS's own policies are not changed. */
export function isAws(arn: string | undefined): boolean {
  return arn?.split(":")[4] === "aws";
}
