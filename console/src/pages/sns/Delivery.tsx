// How a topic delivers: its delivery policy, what is in effect, and where to find what nobody took.
import { SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, Command, ErrorAlert, flash, JsonEditor, prettyJson, useAction, useUnsaved } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

interface Properties {
  arn: string;
  attributes: Record<string, string>;
  onSaved: () => void;
}

export function Delivery({ arn, attributes, onSaved }: Properties) {
  const t = useText(strings);
  const effective = attributes["EffectiveDeliveryPolicy"];
  const own = attributes["DeliveryPolicy"];
  return (
    <SpaceBetween size="l">
      <Edit key={own ?? ""} arn={arn} document={own ? prettyJson(own) : ""} onSaved={onSaved} />
      {effective ? (
        <Container header={<Header>{t("effectivePolicy")}</Header>}>
          <JsonEditor readOnly ariaLabel={t("effectivePolicy")} value={prettyJson(effective)} />
        </Container>
      ) : null}
      <Container header={<Header description={t("deadLettersText")}>{t("deadLetters")}</Header>}>
        <Command>garrison sns dead-letters</Command>
      </Container>
    </SpaceBetween>
  );
}

function Edit({ arn, document, onSaved }: { arn: string; document: string; onSaved: () => void }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const [text, setText] = useState(document);
  const isChanged = text !== document;
  const unsaved = useUnsaved(isChanged);
  const input = { TopicArn: arn, AttributeName: "DeliveryPolicy", AttributeValue: text };
  const save = useAction(async () => {
    await sns.send(new SetTopicAttributesCommand(input));
    unsaved.forget();
    flash("success", t("saved"));
    onSaved();
  });
  return (
    <Container header={<Header description={t("deliveryPolicyHelp")}>{t("deliveryPolicy")}</Header>}>
      <SpaceBetween size="m">
        <JsonEditor ariaLabel={t("deliveryPolicy")} value={text} onChange={setText} />
        <Button variant="primary" disabled={!isChanged} loading={save.busy} onClick={() => void save.run()}>
          {t("save")}
        </Button>
        {isChanged ? <CliPanel commands={[cli("sns", "SetTopicAttributes", input)]} /> : null}
        <ErrorAlert error={save.error} />
      </SpaceBetween>
    </Container>
  );
}
