// The list of roles.
import { type IAMClient, ListRolesCommand, type Role } from "@aws-sdk/client-iam";
import { useText } from "@/i18n";
import type { Paged } from "@/kit";
import { type AskedList, HolderList } from "../HolderList";
import { documentOf } from "../holders";
import { NEW_ROLE } from "../names";
import { common } from "../strings/common";
import { strings } from "../strings/roles";
import { DeleteRole } from "./DeleteRole";
import { trustedIn } from "./trust";

async function listRoles(iam: IAMClient, asked: AskedList, abortSignal: AbortSignal): Promise<Paged<Role>> {
  const { Roles = [], Marker } = await iam.send(new ListRolesCommand(asked), { abortSignal });
  return { items: Roles, next: Marker };
}

export function RolesPage() {
  const t = useText(strings);
  const c = useText(common);
  return (
    <HolderList<Role>
      kind="role"
      words={{
        title: t("roles"),
        text: t("rolesText"),
        help: t("rolesHelp"),
        name: t("roleName"),
        create: t("createRole"),
        empty: t("rolesEmpty"),
        emptyText: t("rolesEmptyText"),
      }}
      list={listRoles}
      nameOf={({ RoleName }) => RoleName}
      columns={[
        { id: "trusted", header: t("trusted"), value: (role) => trustedIn(documentOf(role.AssumeRolePolicyDocument)).join(", "), width: 320 },
        { id: "description", header: c("description"), value: (role) => role.Description },
        { id: "path", header: c("path"), value: (role) => role.Path, hidden: true },
        { id: "created", header: c("created"), value: (role) => role.CreateDate, width: 210 },
        { id: "arn", header: c("arn"), value: (role) => role.Arn, hidden: true },
      ]}
      create={NEW_ROLE}
      Delete={DeleteRole}
    />
  );
}
