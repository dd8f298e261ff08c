// All that must go before a user can be deleted, each by its own call, as IAM wants it.
import {
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteServiceSpecificCredentialCommand,
  DeleteSigningCertificateCommand,
  DeleteSSHPublicKeyCommand,
  DeleteUserCommand,
  DeleteVirtualMFADeviceCommand,
  GetLoginProfileCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListGroupsForUserCommand,
  ListMFADevicesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  RemoveUserFromGroupCommand,
} from "@aws-sdk/client-iam";
import { failureOf } from "@/session";
import { type Change, change } from "../changes";
import { deleteInline, detach, everyPage, listAttached, listInline } from "../holders";

export async function hasPassword(iam: IAMClient, UserName: string, abortSignal: AbortSignal): Promise<Date | undefined> {
  try {
    return (await iam.send(new GetLoginProfileCommand({ UserName }), { abortSignal })).LoginProfile?.CreateDate;
  } catch (error) {
    if (failureOf(error).code.startsWith("NoSuchEntity")) return undefined;
    throw error;
  }
}

export function removeMfa(UserName: string, SerialNumber: string): Change[] {
  const virtual = { SerialNumber };
  return [
    change("DeactivateMFADevice", { UserName, SerialNumber }, (iam) => iam.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }))),
    ...(SerialNumber.startsWith("arn:") ? [change("DeleteVirtualMFADevice", virtual, (iam) => iam.send(new DeleteVirtualMFADeviceCommand(virtual)))] : []),
  ];
}

export function deleteKey(UserName: string, AccessKeyId: string): Change {
  const input = { UserName, AccessKeyId };
  return change("DeleteAccessKey", input, (iam) => iam.send(new DeleteAccessKeyCommand(input)));
}

export interface OtherCredential {
  kind: "ssh" | "certificate" | "specific";
  id: string;
  status: string;
  created: Date | undefined;
}

export async function otherCredentials(iam: IAMClient, UserName: string, abortSignal: AbortSignal): Promise<OtherCredential[]> {
  const options = { abortSignal };
  const [ssh, certificates, specific] = await Promise.all([
    everyPage((Marker) => iam.send(new ListSSHPublicKeysCommand({ UserName, Marker }), options), (answer) => answer.SSHPublicKeys),
    everyPage((Marker) => iam.send(new ListSigningCertificatesCommand({ UserName, Marker }), options), (answer) => answer.Certificates),
    iam.send(new ListServiceSpecificCredentialsCommand({ UserName }), options),
  ]);
  return [
    ...ssh.map((one): OtherCredential => ({ kind: "ssh", id: one.SSHPublicKeyId ?? "", status: one.Status ?? "", created: one.UploadDate })),
    ...certificates.map((one): OtherCredential => ({ kind: "certificate", id: one.CertificateId ?? "", status: one.Status ?? "", created: one.UploadDate })),
    ...(specific.ServiceSpecificCredentials ?? []).map(
      (one): OtherCredential => ({ kind: "specific", id: one.ServiceSpecificCredentialId ?? "", status: one.Status ?? "", created: one.CreateDate }),
    ),
  ];
}

export function deleteOther(UserName: string, { kind, id }: OtherCredential): Change {
  const ssh = { UserName, SSHPublicKeyId: id };
  const certificate = { UserName, CertificateId: id };
  const specific = { UserName, ServiceSpecificCredentialId: id };
  if (kind === "ssh") return change("DeleteSSHPublicKey", ssh, (iam) => iam.send(new DeleteSSHPublicKeyCommand(ssh)));
  if (kind === "certificate") return change("DeleteSigningCertificate", certificate, (iam) => iam.send(new DeleteSigningCertificateCommand(certificate)));
  return change("DeleteServiceSpecificCredential", specific, (iam) => iam.send(new DeleteServiceSpecificCredentialCommand(specific)));
}

export function leaveGroup(UserName: string, GroupName: string): Change {
  const input = { UserName, GroupName };
  return change("RemoveUserFromGroup", input, (iam) => iam.send(new RemoveUserFromGroupCommand(input)));
}

export async function groupsOf(iam: IAMClient, UserName: string, abortSignal: AbortSignal): Promise<string[]> {
  return everyPage(
    (Marker) => iam.send(new ListGroupsForUserCommand({ UserName, Marker }), { abortSignal }),
    (answer) => answer.Groups?.map(({ GroupName = "" }) => GroupName),
  );
}

/** Every call of a user's deletion, in the order in which they are made. */
export async function deletionOf(iam: IAMClient, UserName: string, abortSignal: AbortSignal): Promise<Change[]> {
  const options = { abortSignal };
  const holder = { kind: "user", name: UserName } as const;
  const [attached, inline, groups, keys, devices, password, others] = await Promise.all([
    listAttached(iam, holder, abortSignal),
    listInline(iam, holder, abortSignal),
    groupsOf(iam, UserName, abortSignal),
    everyPage((Marker) => iam.send(new ListAccessKeysCommand({ UserName, Marker }), options), (answer) => answer.AccessKeyMetadata),
    everyPage((Marker) => iam.send(new ListMFADevicesCommand({ UserName, Marker }), options), (answer) => answer.MFADevices),
    hasPassword(iam, UserName, abortSignal),
    otherCredentials(iam, UserName, abortSignal),
  ]);
  const user = { UserName };
  return [
    ...keys.map(({ AccessKeyId = "" }) => deleteKey(UserName, AccessKeyId)),
    ...(password ? [change("DeleteLoginProfile", user, (client) => client.send(new DeleteLoginProfileCommand(user)))] : []),
    ...devices.flatMap(({ SerialNumber = "" }) => removeMfa(UserName, SerialNumber)),
    ...others.map((one) => deleteOther(UserName, one)),
    ...groups.map((group) => leaveGroup(UserName, group)),
    ...attached.map(({ PolicyArn = "" }) => detach(holder, PolicyArn)),
    ...inline.map((name) => deleteInline(holder, name)),
    change("DeleteUser", user, (client) => client.send(new DeleteUserCommand(user))),
  ];
}
