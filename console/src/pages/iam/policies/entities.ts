// What a managed policy is attached to.
import { type IAMClient, ListEntitiesForPolicyCommand, type PolicyUsageType } from "@aws-sdk/client-iam";
import type { Change } from "../changes";
import { detach, type Holder } from "../holders";
import { removeBoundary } from "../permissions/boundaries";

export interface Entity extends Holder {
  usage: PolicyUsageType;
}

export async function listEntities(iam: IAMClient, PolicyArn: string, abortSignal?: AbortSignal): Promise<Entity[]> {
  const options = abortSignal ? { abortSignal } : {};
  const found: Entity[] = [];
  for (const usage of ["PermissionsPolicy", "PermissionsBoundary"] as const) {
    let Marker: string | undefined;
    do {
      const answer = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, PolicyUsageFilter: usage, Marker }), options);
      const add = (kind: Holder["kind"], names: (string | undefined)[]) => {
        for (const name of names) if (name) found.push({ kind, name, usage });
      };
      add("user", (answer.PolicyUsers ?? []).map((one) => one.UserName));
      add("group", (answer.PolicyGroups ?? []).map((one) => one.GroupName));
      add("role", (answer.PolicyRoles ?? []).map((one) => one.RoleName));
      Marker = answer.IsTruncated ? answer.Marker : undefined;
    } while (Marker);
  }
  return found;
}

/** Take a policy from an entity, in whichever way it is used. */
export function release(entity: Entity, arn: string): Change {
  if (entity.usage !== "PermissionsBoundary") return detach(entity, arn);
  return removeBoundary(entity);
}
