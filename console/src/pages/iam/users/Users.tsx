// The list of users.
import { IAMClient, ListUsersCommand, type User } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable, Time } from "@/kit";
import { Link, navigate } from "@/router";
import { useClient } from "@/session";
import { userPage } from "../names";
import { PathFilter, usePathPrefix } from "../PathFilter";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { CreateUser } from "./CreateUser";
import { DeleteUser } from "./DeleteUser";

export function UsersPage() {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<string>();
  const [version, setVersion] = useState(0);
  const path = usePathPrefix();
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createUser")}
    </Button>
  );
  return (
    <Page title={t("users")} description={t("usersText")} help={t("usersHelp")}>
      <ResourceTable<User>
        name="iam.users"
        title={t("users")}
        dependencies={[iam, path, version]}
        load={async ({ token, signal }) => {
          const answer = await iam.send(new ListUsersCommand({ PathPrefix: path, Marker: token }), { abortSignal: signal });
          return { items: answer.Users ?? [], next: answer.Marker };
        }}
        filters={<PathFilter />}
        id={(user) => user.UserName ?? ""}
        columns={[
          {
            id: "name",
            header: t("userName"),
            value: (user) => user.UserName,
            cell: (user) => (
              <Link to={userPage(user.UserName ?? "")}>
                <Name>{user.UserName}</Name>
              </Link>
            ),
          },
          { id: "path", header: c("path"), value: (user) => user.Path },
          {
            id: "password",
            header: t("passwordLastUsed"),
            value: (user) => user.PasswordLastUsed,
            cell: (user) => (user.PasswordLastUsed ? <Time ago at={user.PasswordLastUsed} /> : c("never")),
          },
          { id: "created", header: c("created"), value: (user) => user.CreateDate },
          { id: "arn", header: c("arn"), value: (user) => user.Arn, hidden: true },
          { id: "id", header: t("userId"), value: (user) => user.UserId, hidden: true },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen?.UserName);
              }}
            >
              {c("delete")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("usersEmpty"), text: t("usersEmptyText"), action: create }}
      />
      {creating ? (
        <CreateUser
          onClose={(name) => {
            setCreating(false);
            if (name) navigate(userPage(name));
          }}
        />
      ) : null}
      {deleting ? (
        <DeleteUser
          name={deleting}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
    </Page>
  );
}
