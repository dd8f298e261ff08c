// How a topic delivers: its delivery policy, what is in effect, and where to find what nobody took.
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { Command, JsonEditor, prettyJson } from "@/kit";
import { strings } from "./strings";
import { DocumentAttribute } from "./TopicSettings";

interface Properties {
  arn: string;
  attributes: Record<string, string>;
  onSaved: () => void;
}

export function Delivery({ arn, attributes, onSaved }: Properties) {
  const t = useText(strings);
  const effective = attributes["EffectiveDeliveryPolicy"];
  return (
    <SpaceBetween size="l">
      <DocumentAttribute
        arn={arn}
        name="DeliveryPolicy"
        title={t("deliveryPolicy")}
        help={t("deliveryPolicyHelp")}
        value={attributes["DeliveryPolicy"]}
        onSaved={onSaved}
      />
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
