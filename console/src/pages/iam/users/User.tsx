// One user: permissions, groups, credentials, what was used, tags.
import { GetUserCommand, IAMClient, TagUserCommand, UntagUserCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useText } from "@/i18n";
import { Copyable, ErrorAlert, KeyValues, Page, Time, useCall } from "@/kit";
import { navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { change } from "../changes";
import { Credentials } from "../credentials/Credentials";
import { LastAccessed } from "../LastAccessed";
import { Permissions } from "../permissions/Permissions";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { Tags } from "../Tags";
import { DeleteUser } from "./DeleteUser";
import { GroupsOfUser } from "./GroupsOfUser";

export function UserPage({ name }: { name: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [tab, setTab] = useQueryValue("tab", "permissions");
  const [deleting, setDeleting] = useState(false);
  const user = useCall(async (abortSignal) => (await iam.send(new GetUserCommand({ UserName: name }), { abortSignal })).User, [iam, name]);
  const { Arn, CreateDate, PasswordLastUsed, Path, PermissionsBoundary, Tags: tags = [], UserId } = user.data ?? {};
  const actions = (
    <Button
      onClick={() => {
        setDeleting(true);
      }}
    >
      {c("delete")}
    </Button>
  );
  return (
    <Page title={name} crumbs={[{ text: t("users"), to: to("iam", "users") }]} actions={actions} help={t("usersHelp")}>
      <ErrorAlert error={user.error} onRetry={user.reload} />
      <Container header={<Header>{c("summary")}</Header>}>
        <KeyValues
          columns={3}
          facts={[
            [c("arn"), <Copyable key="arn">{Arn}</Copyable>],
            [t("userId"), UserId],
            [c("path"), Path],
            [c("created"), <Time key="created" at={CreateDate} />],
            [t("passwordLastUsed"), PasswordLastUsed ? <Time key="used" at={PasswordLastUsed} ago /> : c("never")],
          ]}
        />
      </Container>
      <Tabs
        ariaLabel={t("user")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          {
            id: "permissions",
            label: c("permissions"),
            content: <Permissions holder={{ kind: "user", name }} boundary={PermissionsBoundary?.PermissionsBoundaryArn} onChange={user.reload} />,
          },
          { id: "groups", label: t("groups"), content: <GroupsOfUser name={name} /> },
          { id: "security", label: t("security"), content: <Credentials user={name} /> },
          { id: "accessed", label: c("lastAccessed"), content: Arn ? <LastAccessed arn={Arn} /> : null },
          {
            id: "tags",
            label: c("tags"),
            content: (
              <Tags
                name="iam.user.tags"
                tags={tags}
                loading={user.loading}
                onSaved={user.reload}
                save={(Tags) => change("TagUser", { UserName: name, Tags }, (client) => client.send(new TagUserCommand({ UserName: name, Tags })))}
                remove={(TagKeys) => change("UntagUser", { UserName: name, TagKeys }, (client) => client.send(new UntagUserCommand({ UserName: name, TagKeys })))}
              />
            ),
          },
        ]}
      />
      {deleting ? (
        <DeleteUser
          name={name}
          onClose={(done) => {
            setDeleting(false);
            if (done) navigate(to("iam", "users"));
          }}
        />
      ) : null}
    </Page>
  );
}
