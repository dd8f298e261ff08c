// Setting and taking away permissions boundaries.
import {
  DeleteRolePermissionsBoundaryCommand,
  DeleteUserPermissionsBoundaryCommand,
  PutRolePermissionsBoundaryCommand,
  PutUserPermissionsBoundaryCommand,
} from "@aws-sdk/client-iam";
import { type Change, change } from "../changes";
import type { Holder } from "../holders";

export function putBoundary({ kind, name }: Holder, PermissionsBoundary: string): Change {
  const user = { UserName: name, PermissionsBoundary };
  const role = { RoleName: name, PermissionsBoundary };
  if (kind === "user") return change("PutUserPermissionsBoundary", user, (iam) => iam.send(new PutUserPermissionsBoundaryCommand(user)));
  return change("PutRolePermissionsBoundary", role, (iam) => iam.send(new PutRolePermissionsBoundaryCommand(role)));
}

export function removeBoundary({ kind, name }: Holder): Change {
  const user = { UserName: name };
  const role = { RoleName: name };
  if (kind === "user") return change("DeleteUserPermissionsBoundary", user, (iam) => iam.send(new DeleteUserPermissionsBoundaryCommand(user)));
  return change("DeleteRolePermissionsBoundary", role, (iam) => iam.send(new DeleteRolePermissionsBoundaryCommand(role)));
}
