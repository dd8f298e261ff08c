// One subscription: what it delivers where, and its filter.
import { GetSubscriptionAttributesCommand, SetSubscriptionAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, Copyable, ErrorAlert, flash, KeyValues, Name, Page, prettyJson, useAction, useCall } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { FilterFields, filterAttributes, type Filtering } from "./FilterFields";
import { topicName, topicPage } from "./names";
import { strings } from "./strings";
import { Unsubscribe } from "./Subscriptions";

type Attributes = Record<string, string>;

export function SubscriptionPage({ arn }: { arn: string }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const [ending, setEnding] = useState(false);
  const found = useCall(
    async (abortSignal) => (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }), { abortSignal })).Attributes ?? {},
    [sns, arn],
  );
  const attributes = found.data ?? {};
  const topic = attributes["TopicArn"] ?? arn.split(":").slice(0, 6).join(":");
  const endpoint = attributes["Endpoint"] ?? t("subscription");
  const word = (name: string) => (attributes[name] === undefined ? undefined : t(attributes[name] === "true" ? "yes" : "no"));
  return (
    <Page
      title={endpoint}
      crumbs={[
        { text: t("topics"), to: to("sns") },
        { text: topicName(topic), to: topicPage(topic) },
      ]}
      help={t("help")}
      actions={
        <Button
          onClick={() => {
            setEnding(true);
          }}
        >
          {t("unsubscribe")}
        </Button>
      }
    >
      <ErrorAlert error={found.error} onRetry={found.reload} />
      <Container>
        <KeyValues
          facts={[
            [t("arn"), <Copyable key="arn">{arn}</Copyable>],
            [
              t("topic"),
              <Link key="topic" to={topicPage(topic)}>
                <Name>{topicName(topic)}</Name>
              </Link>,
            ],
            [t("protocol"), attributes["Protocol"]],
            [t("principal"), <Name key="by">{attributes["SubscriptionPrincipal"]}</Name>],
            [t("pending"), word("PendingConfirmation")],
            [t("confirmedBySignature"), word("ConfirmationWasAuthenticated")],
          ]}
        />
      </Container>
      {found.data ? <Edit key={JSON.stringify(attributes)} arn={arn} attributes={attributes} onSaved={found.reload} /> : null}
      {ending ? (
        <Unsubscribe
          subscription={{ SubscriptionArn: arn, Endpoint: endpoint }}
          onClose={(done) => {
            setEnding(false);
            if (done) navigate(topicPage(topic));
          }}
        />
      ) : null}
    </Page>
  );
}

function Edit({ arn, attributes, onSaved }: { arn: string; attributes: Attributes; onSaved: () => void }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const before: Filtering = {
    policy: attributes["FilterPolicy"] ? prettyJson(attributes["FilterPolicy"]) : "",
    scope: attributes["FilterPolicyScope"] ?? "MessageAttributes",
    raw: attributes["RawMessageDelivery"] === "true",
  };
  const [filtering, setFiltering] = useState(before);
  const changes = Object.entries(filterAttributes(filtering, before)).map(([AttributeName, AttributeValue]) => ({ SubscriptionArn: arn, AttributeName, AttributeValue }));
  const save = useAction(async () => {
    for (const change of changes) await sns.send(new SetSubscriptionAttributesCommand(change));
    flash("success", t("saved"));
    onSaved();
  });
  return (
    <Container header={<Header>{t("editSubscription")}</Header>}>
      <SpaceBetween size="m">
        <FilterFields value={filtering} onChange={setFiltering} />
        <Button variant="primary" disabled={changes.length === 0} loading={save.busy} onClick={() => void save.run()}>
          {t("save")}
        </Button>
        {changes.length > 0 ? <CliPanel commands={changes.map((change) => cli("sns", "SetSubscriptionAttributes", change))} /> : null}
        <ErrorAlert error={save.error} />
      </SpaceBetween>
    </Container>
  );
}
