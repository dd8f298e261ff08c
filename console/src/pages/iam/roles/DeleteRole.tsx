// Deleting a role: its policies go first, and it leaves its instance profiles.
import { DeleteRoleCommand, type IAMClient, ListInstanceProfilesForRoleCommand, RemoveRoleFromInstanceProfileCommand } from "@aws-sdk/client-iam";
import { useText } from "@/i18n";
import { type Change, change } from "../changes";
import { ConfirmPlan } from "../ConfirmPlan";
import { deleteInline, detach, everyPage, listAttached, listInline } from "../holders";
import { strings } from "../strings/roles";

async function deletionOf(iam: IAMClient, RoleName: string, abortSignal: AbortSignal): Promise<Change[]> {
  const holder = { kind: "role", name: RoleName } as const;
  const [attached, inline, profiles] = await Promise.all([
    listAttached(iam, holder, abortSignal),
    listInline(iam, holder, abortSignal),
    everyPage((Marker) => iam.send(new ListInstanceProfilesForRoleCommand({ RoleName, Marker }), { abortSignal }), (answer) => answer.InstanceProfiles),
  ]);
  const leaving = profiles.map(({ InstanceProfileName }) => ({ RoleName, InstanceProfileName }));
  return [
    ...leaving.map((input) => change("RemoveRoleFromInstanceProfile", input, (client) => client.send(new RemoveRoleFromInstanceProfileCommand(input)))),
    ...attached.map(({ PolicyArn = "" }) => detach(holder, PolicyArn)),
    ...inline.map((name) => deleteInline(holder, name)),
    change("DeleteRole", { RoleName }, (client) => client.send(new DeleteRoleCommand({ RoleName }))),
  ];
}

export function DeleteRole({ name, onClose }: { name: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  return (
    <ConfirmPlan
      title={t("deleteRole")}
      text={t("deleteRoleText", { name })}
      name={name}
      done={t("deletedRole", { name })}
      plan={(iam, signal) => deletionOf(iam, name, signal)}
      onClose={onClose}
    />
  );
}
