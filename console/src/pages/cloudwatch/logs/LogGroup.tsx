// One log group: its events, streams, metric filters and subscriptions.
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, KeyValues, Name, Page, Time, useCall } from "@/kit";
import { Link, navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { formatBytes, retentionText } from "../names";
import { strings } from "../strings";
import { Events } from "./Events";
import { DeleteLogGroup, EditKey, EditRetention } from "./groupChanges";
import { LiveTail } from "./LiveTail";
import { MetricFilters } from "./MetricFilters";
import { Streams } from "./Streams";
import { Subscriptions } from "./Subscriptions";

type Dialog = "retention" | "key" | "delete";

export function LogGroupPage({ name }: { name: string }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [tab, setTab] = useQueryValue("tab", "events");
  const [open, setOpen] = useState<Dialog>();
  const found = useCall(
    async (abortSignal) => {
      const answer = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }), { abortSignal });
      return answer.logGroups?.find(({ logGroupName }) => logGroupName === name) ?? null; // names are in order: the prefix itself is the first
    },
    [logs, name],
  );
  const group = found.data ?? undefined;
  const closed = (done: boolean) => {
    setOpen(undefined);
    if (done) found.reload();
  };
  const button = (dialog: Dialog, word: string) => (
    <Button
      disabled={!group}
      onClick={() => {
        setOpen(dialog);
      }}
    >
      {word}
    </Button>
  );
  return (
    <Page
      title={name}
      crumbs={[{ text: t("groups"), to: to("cloudwatch", "logs") }]}
      help={t("logsHelp")}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {button("retention", t("editRetention"))}
          {button("key", t("editKey"))}
          {button("delete", t("delete"))}
        </SpaceBetween>
      }
    >
      <ErrorAlert error={found.error} onRetry={found.reload} />
      {found.data === null ? <Alert type="warning">{t("noSuchGroup")}</Alert> : null}
      {group ? (
        <Container>
          <KeyValues
            facts={[
              [t("retention"), retentionText(t, group.retentionInDays)],
              [t("kmsKey"), <Key key="key" arn={group.kmsKeyId} />],
              [t("size"), formatBytes(group.storedBytes ?? 0)],
              [t("created"), <Time key="created" at={group.creationTime} />],
              [t("arn"), <Name key="arn">{group.logGroupArn ?? group.arn}</Name>],
            ]}
          />
        </Container>
      ) : null}
      <Tabs
        ariaLabel={t("group")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          { id: "events", label: t("events"), content: <Events group={name} /> },
          { id: "tail", label: t("liveTail"), content: <LiveTail group={name} /> },
          { id: "streams", label: t("streams"), content: <Streams group={name} /> },
          { id: "filters", label: t("metricFilters"), content: <MetricFilters group={name} /> },
          { id: "subscriptions", label: t("subscriptions"), content: <Subscriptions group={name} /> },
        ]}
      />
      {open === "retention" ? <EditRetention name={name} days={group?.retentionInDays ?? 0} onClose={closed} /> : null}
      {open === "key" ? <EditKey name={name} kmsKey={group?.kmsKeyId ?? ""} onClose={closed} /> : null}
      {open === "delete" ? (
        <DeleteLogGroup
          name={name}
          onClose={(done) => {
            setOpen(undefined);
            if (done) navigate(to("cloudwatch", "logs"));
          }}
        />
      ) : null}
    </Page>
  );
}

function Key({ arn }: { arn: string | undefined }) {
  const id = arn?.split("/").pop();
  if (!id) return <>—</>;
  return (
    <Link to={to("kms", "keys", id)}>
      <Name>{id}</Name>
    </Link>
  );
}
