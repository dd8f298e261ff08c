// Role switching: STS AssumeRole from the browser, and the roles that were switched to before.
import { settings } from "@/settings";
import type { Credentials, Role } from "./types";

const RECENT_KEY = "garrison.roles";
const MOST_RECENT = 5;

/** Credentials of a role, by the caller's own. */
export async function assume(role: Role, own: () => Promise<Credentials>, name: string): Promise<Credentials> {
  const { AssumeRoleCommand, STSClient } = await import("@aws-sdk/client-sts");
  const { endpoint, region } = settings();
  const client = new STSClient({ endpoint, region, credentials: await own() });
  const sessionName = name.replace(/[^\w+=,.@-]/g, "-").slice(0, 64).padEnd(2, "-");
  const answer = await client.send(new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: sessionName }));
  const given = answer.Credentials;
  if (!given) throw new Error("AssumeRole gave no credentials.");
  remember(role);
  return {
    accessKeyId: given.AccessKeyId ?? "",
    secretAccessKey: given.SecretAccessKey ?? "",
    sessionToken: given.SessionToken ?? "",
    expiresAt: given.Expiration?.getTime() ?? 0,
  };
}

export function recentRoles(): Role[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]");
    return Array.isArray(kept) ? (kept as Role[]) : [];
  } catch {
    return [];
  }
}

function remember(role: Role): void {
  const others = recentRoles().filter((one) => one.arn !== role.arn);
  localStorage.setItem(RECENT_KEY, JSON.stringify([role, ...others].slice(0, MOST_RECENT)));
}
