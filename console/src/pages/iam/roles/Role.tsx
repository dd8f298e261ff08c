// One role: permissions, trust, what it used, settings, tags.
import { GetRoleCommand, IAMClient, TagRoleCommand, UntagRoleCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useText } from "@/i18n";
import { Copyable, ErrorAlert, flash, KeyValues, Name, Page, prettyJson, Time, useAction, useCall } from "@/kit";
import { navigate, to, useQueryValue } from "@/router";
import { switchRole, useClient } from "@/session";
import { change } from "../changes";
import { documentOf } from "../holders";
import { LastAccessed } from "../LastAccessed";
import { Permissions } from "../permissions/Permissions";
import { common } from "../strings/common";
import { strings } from "../strings/roles";
import { Tags } from "../Tags";
import { DeleteRole } from "./DeleteRole";
import { durationText } from "./duration";
import { RoleSettings } from "./RoleSettings";
import { Trust } from "./Trust";

export function RolePage({ name }: { name: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [tab, setTab] = useQueryValue("tab", "permissions");
  const [deleting, setDeleting] = useState(false);
  const role = useCall(async (abortSignal) => (await iam.send(new GetRoleCommand({ RoleName: name }), { abortSignal })).Role, [iam, name]);
  const { Arn, CreateDate, Description, MaxSessionDuration, PermissionsBoundary, RoleLastUsed, Tags: tags = [] } = role.data ?? {};
  const document = role.data ? prettyJson(documentOf(role.data.AssumeRolePolicyDocument)) : undefined;
  const become = useAction(async () => {
    if (!Arn) return;
    await switchRole({ arn: Arn, label: name });
    flash("success", t("switched", { name }));
  });
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={!Arn} loading={become.busy} onClick={() => void become.run()}>
        {t("switchTo")}
      </Button>
      <Button
        onClick={() => {
          setDeleting(true);
        }}
      >
        {c("delete")}
      </Button>
    </SpaceBetween>
  );
  return (
    <Page title={name} crumbs={[{ text: t("roles"), to: to("iam", "roles") }]} actions={actions} help={t("rolesHelp")}>
      <ErrorAlert error={role.error} onRetry={role.reload} />
      <ErrorAlert error={become.error} />
      <Container header={<Header>{c("summary")}</Header>}>
        <KeyValues
          columns={3}
          facts={[
            [c("arn"), <Copyable key="arn">{Arn}</Copyable>],
            [c("description"), <Name key="description">{Description}</Name>],
            [c("created"), <Time key="created" at={CreateDate} />],
            [t("lastActivity"), RoleLastUsed?.LastUsedDate ? <Time key="used" at={RoleLastUsed.LastUsedDate} ago /> : c("never")],
            [t("duration"), MaxSessionDuration && durationText(MaxSessionDuration)],
          ]}
        />
      </Container>
      <Tabs
        ariaLabel={t("role")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          {
            id: "permissions",
            label: c("permissions"),
            content: <Permissions holder={{ kind: "role", name }} boundary={PermissionsBoundary?.PermissionsBoundaryArn} onChange={role.reload} />,
          },
          {
            id: "trust",
            label: t("trust"),
            contentRenderStrategy: "lazy", // keeps what was typed while another tab is looked at
            content: document === undefined || !Arn ? null : <Trust key={document} name={name} arn={Arn} document={document} onSaved={role.reload} />,
          },
          { id: "accessed", label: c("lastAccessed"), content: Arn ? <LastAccessed arn={Arn} /> : null },
          {
            id: "settings",
            label: t("settings"),
            content: role.data ? <RoleSettings key={JSON.stringify([Description, MaxSessionDuration])} role={role.data} onSaved={role.reload} /> : null,
          },
          {
            id: "tags",
            label: c("tags"),
            content: (
              <Tags
                name="iam.role.tags"
                tags={tags}
                loading={role.loading}
                onSaved={role.reload}
                save={(Tags) => change("TagRole", { RoleName: name, Tags }, (client) => client.send(new TagRoleCommand({ RoleName: name, Tags })))}
                remove={(TagKeys) => change("UntagRole", { RoleName: name, TagKeys }, (client) => client.send(new UntagRoleCommand({ RoleName: name, TagKeys })))}
              />
            ),
          },
        ]}
      />
      {deleting ? (
        <DeleteRole
          name={name}
          onClose={(done) => {
            setDeleting(false);
            if (done) navigate(to("iam", "roles"));
          }}
        />
      ) : null}
    </Page>
  );
}
