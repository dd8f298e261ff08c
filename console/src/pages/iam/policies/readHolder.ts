// Users, groups and roles as people write them: `user/alice`, or an ARN.
import type { Holder } from "../holders";

export function readHolder(written: string): Holder | undefined {
  const resource = written.trim().startsWith("arn:") ? written.trim().split(":").slice(5).join(":") : written.trim();
  const parts = resource.split("/").filter(Boolean);
  const [kind] = parts;
  const name = parts.at(-1);
  if (parts.length < 2 || !name) return undefined;
  return kind === "user" || kind === "group" || kind === "role" ? { kind, name } : undefined;
}
