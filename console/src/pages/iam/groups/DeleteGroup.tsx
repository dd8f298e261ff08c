// Deleting a group: its members leave and its policies go first.
import { DeleteGroupCommand, GetGroupCommand, type IAMClient } from "@aws-sdk/client-iam";
import { useText } from "@/i18n";
import { type Change, change } from "../changes";
import { ConfirmPlan } from "../ConfirmPlan";
import { deleteInline, detach, everyPage, listAttached, listInline } from "../holders";
import { strings } from "../strings/people";
import { leaveGroup } from "../users/deletion";

async function deletionOf(iam: IAMClient, GroupName: string, abortSignal: AbortSignal): Promise<Change[]> {
  const holder = { kind: "group", name: GroupName } as const;
  const [users, attached, inline] = await Promise.all([
    everyPage((Marker) => iam.send(new GetGroupCommand({ GroupName, Marker }), { abortSignal }), (answer) => answer.Users),
    listAttached(iam, holder, abortSignal),
    listInline(iam, holder, abortSignal),
  ]);
  return [
    ...users.map(({ UserName = "" }) => leaveGroup(UserName, GroupName)),
    ...attached.map(({ PolicyArn = "" }) => detach(holder, PolicyArn)),
    ...inline.map((name) => deleteInline(holder, name)),
    change("DeleteGroup", { GroupName }, (client) => client.send(new DeleteGroupCommand({ GroupName }))),
  ];
}

export function DeleteGroup({ name, onClose }: { name: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  return (
    <ConfirmPlan
      title={t("deleteGroup")}
      text={t("deleteGroupText", { name })}
      name={name}
      done={t("deletedGroup", { name })}
      plan={(iam, signal) => deletionOf(iam, name, signal)}
      onClose={onClose}
    />
  );
}
