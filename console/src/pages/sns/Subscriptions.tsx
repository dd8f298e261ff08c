// Subscriptions: those of a topic, and all of the region.
import { ListSubscriptionsByTopicCommand, ListSubscriptionsCommand, SNSClient, type Subscription, UnsubscribeCommand } from "@aws-sdk/client-sns";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, type Column, Confirm, flash, type LoadPage, Name, Page, ResourceTable } from "@/kit";
import { Link, to } from "@/router";
import { useClient } from "@/session";
import { isConfirmed, subscriptionPage, topicName, topicPage } from "./names";
import { strings } from "./strings";
import { Subscribe } from "./Subscribe";

function useColumns(): Column<Subscription>[] {
  const t = useText(strings);
  return [
    {
      id: "endpoint",
      header: t("endpoint"),
      value: (one) => one.Endpoint,
      cell: (one) =>
        isConfirmed(one.SubscriptionArn) ? (
          <Link to={subscriptionPage(one.SubscriptionArn)}>
            <Name>{one.Endpoint}</Name>
          </Link>
        ) : (
          <Name>{one.Endpoint}</Name>
        ),
    },
    { id: "protocol", header: t("protocol"), value: (one) => one.Protocol, width: 140 },
    {
      id: "status",
      header: t("status"),
      value: (one) => t(isConfirmed(one.SubscriptionArn) ? "confirmed" : "pending"),
      cell: (one) =>
        isConfirmed(one.SubscriptionArn) ? <StatusIndicator>{t("confirmed")}</StatusIndicator> : <StatusIndicator type="pending">{t("pending")}</StatusIndicator>,
      width: 150,
    },
  ];
}

interface TableProperties {
  name: string;
  columns: Column<Subscription>[];
  load: LoadPage<Subscription>;
  dependencies: unknown[];
  /** The topic that new subscriptions are of. */
  topic?: string;
  onChange?: () => void;
}

function SubscriptionTable({ name, columns, load, dependencies, topic, onChange }: TableProperties) {
  const t = useText(strings);
  const [subscribing, setSubscribing] = useState(false);
  const [ending, setEnding] = useState<Subscription>();
  const [version, setVersion] = useState(0);
  const changed = () => {
    setVersion(version + 1);
    onChange?.();
  };
  const subscribe = topic ? (
    <Button
      variant="primary"
      onClick={() => {
        setSubscribing(true);
      }}
    >
      {t("subscribe")}
    </Button>
  ) : null;
  return (
    <>
      <ResourceTable<Subscription>
        name={name}
        title={t("subscriptions")}
        dependencies={[...dependencies, version]}
        load={load}
        id={(one) => `${one.SubscriptionArn} ${one.TopicArn} ${one.Protocol} ${one.Endpoint}`}
        label={(one) => one.Endpoint ?? ""}
        columns={columns}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!isConfirmed(chosen?.SubscriptionArn)}
              onClick={() => {
                setEnding(chosen);
              }}
            >
              {t("unsubscribe")}
            </Button>
            {subscribe}
          </>
        )}
        empty={{ title: t("subscriptionsEmpty"), text: t("subscriptionsEmptyText"), action: subscribe }}
      />
      {subscribing && topic ? (
        <Subscribe
          topic={topic}
          onClose={(done) => {
            setSubscribing(false);
            if (done) changed();
          }}
        />
      ) : null}
      {ending ? (
        <Unsubscribe
          subscription={ending}
          onClose={(done) => {
            setEnding(undefined);
            if (done) changed();
          }}
        />
      ) : null}
    </>
  );
}

export function SubscriptionsOfTopic({ arn, onChange }: { arn: string; onChange: () => void }) {
  const sns = useClient(SNSClient);
  const columns = useColumns();
  return (
    <SubscriptionTable
      name="sns.topic.subscriptions"
      columns={columns}
      dependencies={[sns, arn]}
      load={async ({ token, signal }) => {
        const answer = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: arn, NextToken: token }), { abortSignal: signal });
        return { items: answer.Subscriptions ?? [], next: answer.NextToken };
      }}
      topic={arn}
      onChange={onChange}
    />
  );
}

export function SubscriptionsPage() {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const columns = useColumns();
  const topic: Column<Subscription> = {
    id: "topic",
    header: t("topic"),
    value: (one) => topicName(one.TopicArn ?? ""),
    cell: (one) => (
      <Link to={topicPage(one.TopicArn ?? "")}>
        <Name>{topicName(one.TopicArn ?? "")}</Name>
      </Link>
    ),
  };
  return (
    <Page title={t("subscriptions")} crumbs={[{ text: t("topics"), to: to("sns") }]} help={t("help")}>
      <SubscriptionTable
        name="sns.subscriptions"
        columns={[...columns.slice(0, 2), topic, ...columns.slice(2)]}
        dependencies={[sns]}
        load={async ({ token, signal }) => {
          const answer = await sns.send(new ListSubscriptionsCommand({ NextToken: token }), { abortSignal: signal });
          return { items: answer.Subscriptions ?? [], next: answer.NextToken };
        }}
      />
    </Page>
  );
}

export function Unsubscribe({ subscription, onClose }: { subscription: Subscription; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const input = { SubscriptionArn: subscription.SubscriptionArn };
  return (
    <Confirm
      title={t("unsubscribe")}
      action={t("unsubscribe")}
      commands={[cli("sns", "Unsubscribe", input)]}
      onConfirm={async () => {
        await sns.send(new UnsubscribeCommand(input));
        flash("success", t("unsubscribed"));
      }}
      onClose={onClose}
    >
      <bdi>{t("unsubscribeText", { endpoint: subscription.Endpoint ?? "" })}</bdi>
    </Confirm>
  );
}
