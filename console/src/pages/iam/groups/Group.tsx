// One group: its members and its policies.
import { GetGroupCommand, IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useText } from "@/i18n";
import { Copyable, ErrorAlert, KeyValues, Page, Time, useCall } from "@/kit";
import { navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { LastAccessed } from "../LastAccessed";
import { Permissions } from "../permissions/Permissions";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { DeleteGroup } from "./DeleteGroup";
import { Members } from "./Members";

export function GroupPage({ name }: { name: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [tab, setTab] = useQueryValue("tab", "members");
  const [deleting, setDeleting] = useState(false);
  const group = useCall(async (abortSignal) => (await iam.send(new GetGroupCommand({ GroupName: name, MaxItems: 1 }), { abortSignal })).Group, [iam, name]);
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
    <Page title={name} crumbs={[{ text: t("groups"), to: to("iam", "groups") }]} actions={actions} help={t("groupsHelp")}>
      <ErrorAlert error={group.error} onRetry={group.reload} />
      <Container header={<Header>{c("summary")}</Header>}>
        <KeyValues
          facts={[
            [c("arn"), <Copyable key="arn">{group.data?.Arn}</Copyable>],
            [c("path"), group.data?.Path],
            [c("created"), <Time key="created" at={group.data?.CreateDate} />],
          ]}
        />
      </Container>
      <Tabs
        ariaLabel={t("groups")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          { id: "members", label: t("members"), content: <Members group={name} /> },
          { id: "permissions", label: c("permissions"), content: <Permissions holder={{ kind: "group", name }} onChange={group.reload} /> },
          { id: "accessed", label: c("lastAccessed"), content: group.data?.Arn ? <LastAccessed arn={group.data.Arn} /> : null },
        ]}
      />
      {deleting ? (
        <DeleteGroup
          name={name}
          onClose={(done) => {
            setDeleting(false);
            if (done) navigate(to("iam", "groups"));
          }}
        />
      ) : null}
    </Page>
  );
}
