// Users, groups and roles as holders of policies: the same few calls, by another name for each.
import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  type AttachedPolicy,
  DeleteGroupPolicyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachGroupPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetGroupPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { type Change, change } from "./changes";

export interface Holder {
  kind: "user" | "group" | "role";
  name: string;
}

/** "user/alice", as Garrison's own operations name it. */
export function holderText({ kind, name }: Holder): string {
  return `${kind}/${name}`;
}

export function attach({ kind, name }: Holder, PolicyArn: string): Change {
  const user = { UserName: name, PolicyArn };
  const group = { GroupName: name, PolicyArn };
  const role = { RoleName: name, PolicyArn };
  if (kind === "user") return change("AttachUserPolicy", user, (iam) => iam.send(new AttachUserPolicyCommand(user)));
  if (kind === "group") return change("AttachGroupPolicy", group, (iam) => iam.send(new AttachGroupPolicyCommand(group)));
  return change("AttachRolePolicy", role, (iam) => iam.send(new AttachRolePolicyCommand(role)));
}

export function detach({ kind, name }: Holder, PolicyArn: string): Change {
  const user = { UserName: name, PolicyArn };
  const group = { GroupName: name, PolicyArn };
  const role = { RoleName: name, PolicyArn };
  if (kind === "user") return change("DetachUserPolicy", user, (iam) => iam.send(new DetachUserPolicyCommand(user)));
  if (kind === "group") return change("DetachGroupPolicy", group, (iam) => iam.send(new DetachGroupPolicyCommand(group)));
  return change("DetachRolePolicy", role, (iam) => iam.send(new DetachRolePolicyCommand(role)));
}

export function putInline({ kind, name }: Holder, PolicyName: string, PolicyDocument: string): Change {
  const given = { PolicyName, PolicyDocument };
  const user = { UserName: name, ...given };
  const group = { GroupName: name, ...given };
  const role = { RoleName: name, ...given };
  if (kind === "user") return change("PutUserPolicy", user, (iam) => iam.send(new PutUserPolicyCommand(user)));
  if (kind === "group") return change("PutGroupPolicy", group, (iam) => iam.send(new PutGroupPolicyCommand(group)));
  return change("PutRolePolicy", role, (iam) => iam.send(new PutRolePolicyCommand(role)));
}

export function deleteInline({ kind, name }: Holder, PolicyName: string): Change {
  const user = { UserName: name, PolicyName };
  const group = { GroupName: name, PolicyName };
  const role = { RoleName: name, PolicyName };
  if (kind === "user") return change("DeleteUserPolicy", user, (iam) => iam.send(new DeleteUserPolicyCommand(user)));
  if (kind === "group") return change("DeleteGroupPolicy", group, (iam) => iam.send(new DeleteGroupPolicyCommand(group)));
  return change("DeleteRolePolicy", role, (iam) => iam.send(new DeleteRolePolicyCommand(role)));
}

interface Listed {
  IsTruncated?: boolean | undefined;
  Marker?: string | undefined;
}

/** Every page of a list that is short by its quota. */
export async function everyPage<A extends Listed, T>(ask: (Marker: string | undefined) => Promise<A>, pick: (answer: A) => T[] | undefined): Promise<T[]> {
  const found: T[] = [];
  let marker: string | undefined;
  do {
    const answer: A = await ask(marker);
    found.push(...(pick(answer) ?? []));
    marker = answer.IsTruncated ? answer.Marker : undefined;
  } while (marker);
  return found;
}

export function listAttached(iam: IAMClient, { kind, name }: Holder, abortSignal: AbortSignal): Promise<AttachedPolicy[]> {
  const options = { abortSignal };
  return everyPage(
    (Marker) => {
      if (kind === "user") return iam.send(new ListAttachedUserPoliciesCommand({ UserName: name, Marker }), options);
      if (kind === "group") return iam.send(new ListAttachedGroupPoliciesCommand({ GroupName: name, Marker }), options);
      return iam.send(new ListAttachedRolePoliciesCommand({ RoleName: name, Marker }), options);
    },
    (answer) => answer.AttachedPolicies,
  );
}

export function listInline(iam: IAMClient, { kind, name }: Holder, abortSignal: AbortSignal): Promise<string[]> {
  const options = { abortSignal };
  return everyPage(
    (Marker) => {
      if (kind === "user") return iam.send(new ListUserPoliciesCommand({ UserName: name, Marker }), options);
      if (kind === "group") return iam.send(new ListGroupPoliciesCommand({ GroupName: name, Marker }), options);
      return iam.send(new ListRolePoliciesCommand({ RoleName: name, Marker }), options);
    },
    (answer) => answer.PolicyNames,
  );
}

export async function getInline(iam: IAMClient, { kind, name }: Holder, PolicyName: string, abortSignal: AbortSignal): Promise<string> {
  const options = { abortSignal };
  const ask = () => {
    if (kind === "user") return iam.send(new GetUserPolicyCommand({ UserName: name, PolicyName }), options);
    if (kind === "group") return iam.send(new GetGroupPolicyCommand({ GroupName: name, PolicyName }), options);
    return iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName }), options);
  };
  return documentOf((await ask()).PolicyDocument);
}

/** A document as IAM gives it: escaped as in a URL. */
export function documentOf(escaped: string | undefined): string {
  return decodeURIComponent(escaped ?? "");
}
