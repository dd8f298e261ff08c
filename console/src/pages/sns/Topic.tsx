// One topic: its subscriptions, access policy, delivery, settings and tags.
import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useText } from "@/i18n";
import { Copyable, ErrorAlert, KeyValues, Name, Page, prettyJson, useCall } from "@/kit";
import { navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { Delivery } from "./Delivery";
import { topicName } from "./names";
import { Publish } from "./Publish";
import { strings } from "./strings";
import { SubscriptionsOfTopic } from "./Subscriptions";
import { Tags } from "./Tags";
import { TopicPolicy } from "./TopicPolicy";
import { TopicSettings } from "./TopicSettings";
import { DeleteTopic } from "./Topics";

export function TopicPage({ arn }: { arn: string }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const name = topicName(arn);
  const [tab, setTab] = useQueryValue("tab", "subscriptions");
  const [open, setOpen] = useState<"publish" | "delete">();
  const topic = useCall(async (abortSignal) => (await sns.send(new GetTopicAttributesCommand({ TopicArn: arn }), { abortSignal })).Attributes ?? {}, [sns, arn]);
  const attributes = topic.data ?? {};
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        onClick={() => {
          setOpen("delete");
        }}
      >
        {t("delete")}
      </Button>
      <Button
        variant="primary"
        onClick={() => {
          setOpen("publish");
        }}
      >
        {t("publish")}
      </Button>
    </SpaceBetween>
  );
  return (
    <Page title={name} crumbs={[{ text: t("topics"), to: to("sns") }]} actions={actions} help={t("help")}>
      <ErrorAlert error={topic.error} onRetry={topic.reload} />
      <Container>
        <KeyValues
          columns={3}
          facts={[
            [t("arn"), <Copyable key="arn">{arn}</Copyable>],
            [t("displayName"), <Name key="name">{attributes["DisplayName"]}</Name>],
            [t("owner"), attributes["Owner"]],
            [t("kmsKey"), <Name key="key">{attributes["KmsMasterKeyId"]}</Name>],
            [t("confirmed"), attributes["SubscriptionsConfirmed"]],
            [t("pending"), attributes["SubscriptionsPending"]],
            [t("removed"), attributes["SubscriptionsDeleted"]],
            [t("signatureVersion"), topic.data && (attributes["SignatureVersion"] ?? "1")],
          ]}
        />
      </Container>
      <Tabs
        ariaLabel={t("topic")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          { id: "subscriptions", label: t("subscriptions"), content: <SubscriptionsOfTopic arn={arn} onChange={topic.reload} /> },
          {
            id: "policy",
            label: t("policy"),
            contentRenderStrategy: "lazy", // a draft stays while one looks at another tab
            content: topic.data ? <TopicPolicy arn={arn} document={prettyJson(attributes["Policy"] ?? "")} onSaved={topic.reload} /> : null,
          },
          { id: "delivery", label: t("delivery"), contentRenderStrategy: "lazy", content: <Delivery arn={arn} attributes={attributes} onSaved={topic.reload} /> },
          {
            id: "settings",
            label: t("settings"),
            content: topic.data ? <TopicSettings key={JSON.stringify(attributes)} arn={arn} attributes={attributes} onSaved={topic.reload} /> : null,
          },
          { id: "tags", label: t("tags"), content: <Tags arn={arn} /> },
        ]}
      />
      {open === "publish" ? (
        <Publish
          arn={arn}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      ) : null}
      {open === "delete" ? (
        <DeleteTopic
          arn={arn}
          onClose={(done) => {
            setOpen(undefined);
            if (done) navigate(to("sns"));
          }}
        />
      ) : null}
    </Page>
  );
}
