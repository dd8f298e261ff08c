// The list of users.
import { type IAMClient, ListUsersCommand, type User } from "@aws-sdk/client-iam";
import { useText } from "@/i18n";
import { type Paged, Time } from "@/kit";
import { type AskedList, HolderList } from "../HolderList";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { CreateUser } from "./CreateUser";
import { DeleteUser } from "./DeleteUser";

async function listUsers(iam: IAMClient, asked: AskedList, abortSignal: AbortSignal): Promise<Paged<User>> {
  const { Users = [], Marker } = await iam.send(new ListUsersCommand(asked), { abortSignal });
  return { items: Users, next: Marker };
}

export function UsersPage() {
  const t = useText(strings);
  const c = useText(common);
  return (
    <HolderList<User>
      kind="user"
      words={{
        title: t("users"),
        text: t("usersText"),
        help: t("usersHelp"),
        name: t("userName"),
        create: t("createUser"),
        empty: t("usersEmpty"),
        emptyText: t("usersEmptyText"),
      }}
      list={listUsers}
      nameOf={({ UserName }) => UserName}
      columns={[
        { id: "path", header: c("path"), value: (user) => user.Path },
        {
          id: "password",
          header: t("passwordLastUsed"),
          value: (user) => user.PasswordLastUsed,
          cell: (user) => (user.PasswordLastUsed ? <Time ago at={user.PasswordLastUsed} /> : c("never")),
        },
        { id: "created", header: c("created"), value: (user) => user.CreateDate, width: 210 },
        { id: "arn", header: c("arn"), value: (user) => user.Arn, hidden: true },
        { id: "id", header: t("userId"), value: (user) => user.UserId, hidden: true },
      ]}
      create={CreateUser}
      Delete={DeleteUser}
    />
  );
}
