// The list of user groups.
import { type Group, type IAMClient, ListGroupsCommand } from "@aws-sdk/client-iam";
import { useText } from "@/i18n";
import type { Paged } from "@/kit";
import { type AskedList, HolderList } from "../HolderList";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { CreateGroup } from "./CreateGroup";
import { DeleteGroup } from "./DeleteGroup";

async function listGroups(iam: IAMClient, asked: AskedList, abortSignal: AbortSignal): Promise<Paged<Group>> {
  const { Groups = [], Marker } = await iam.send(new ListGroupsCommand(asked), { abortSignal });
  return { items: Groups, next: Marker };
}

export function GroupsPage() {
  const t = useText(strings);
  const c = useText(common);
  return (
    <HolderList<Group>
      kind="group"
      words={{
        title: t("groups"),
        text: t("groupsText"),
        help: t("groupsHelp"),
        name: t("groupName"),
        create: t("createGroup"),
        empty: t("groupsEmpty"),
        emptyText: t("groupsEmptyText"),
      }}
      list={listGroups}
      nameOf={({ GroupName }) => GroupName}
      columns={[
        { id: "path", header: c("path"), value: (group) => group.Path },
        { id: "created", header: c("created"), value: (group) => group.CreateDate, width: 210 },
        { id: "arn", header: c("arn"), value: (group) => group.Arn, hidden: true },
      ]}
      create={CreateGroup}
      Delete={DeleteGroup}
    />
  );
}
