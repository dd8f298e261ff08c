// Who may publish to a topic, subscribe to it and manage it.
import { SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { cli } from "@/kit";
import { useClient } from "@/session";
import { EditAttachedPolicy } from "../iam/policies/EditAttachedPolicy";
import { strings } from "./strings";

export function TopicPolicy({ arn, document, onSaved }: { arn: string; document: string; onSaved: () => void }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  return (
    <SpaceBetween size="l">
      <Box color="text-body-secondary">{t("policyHelp")}</Box>
      <EditAttachedPolicy
        key={document}
        kind="RESOURCE_POLICY"
        arn={arn}
        document={document}
        words={[t("savePolicy"), t("saved")]}
        put={(AttributeValue) => {
          const input = { TopicArn: arn, AttributeName: "Policy", AttributeValue };
          return { command: cli("sns", "SetTopicAttributes", input), send: () => sns.send(new SetTopicAttributesCommand(input)) };
        }}
        onSaved={onSaved}
      />
    </SpaceBetween>
  );
}
