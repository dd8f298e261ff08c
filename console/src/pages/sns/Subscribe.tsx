// The dialog that subscribes an endpoint to a topic.
import { SNSClient, SubscribeCommand, type SubscribeCommandInput } from "@aws-sdk/client-sns";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { type Filtering, FilterFields, filterAttributes, NO_FILTER } from "./FilterFields";
import { topicName } from "./names";
import { strings } from "./strings";

const PROTOCOLS = ["email", "email-json", "https", "http"];
const EXAMPLES: Record<string, string> = { email: "security@example.com", "email-json": "security@example.com", https: "https://hooks.example.com/garrison", http: "http://127.0.0.1:9000/" };

export function Subscribe({ topic, onClose }: { topic: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const [protocol, setProtocol] = useState("email");
  const [endpoint, setEndpoint] = useState("");
  const [filtering, setFiltering] = useState<Filtering>(NO_FILTER);
  const attributes = filterAttributes(filtering, NO_FILTER);
  const input: SubscribeCommandInput = {
    TopicArn: topic,
    Protocol: protocol,
    Endpoint: endpoint,
    ...(Object.keys(attributes).length > 0 ? { Attributes: attributes } : {}),
    ReturnSubscriptionArn: true,
  };
  return (
    <FormDialog
      title={t("subscribeTo", { name: topicName(topic) })}
      action={t("subscribe")}
      size="large"
      ready={endpoint !== ""}
      commands={[cli("sns", "Subscribe", input)]}
      onSubmit={async () => {
        await sns.send(new SubscribeCommand(input));
        flash("success", t("subscribed"));
      }}
      onClose={onClose}
    >
      <FormField label={t("protocol")}>
        <Select
          selectedOption={{ value: protocol, label: protocol }}
          options={PROTOCOLS.map((value) => ({ value, label: value }))}
          onChange={({ detail }) => {
            setProtocol(detail.selectedOption.value ?? "email");
          }}
        />
      </FormField>
      <TextField label={t("endpoint")} description={t("endpointHint")} placeholder={EXAMPLES[protocol] ?? ""} value={endpoint} onChange={setEndpoint} />
      <FilterFields value={filtering} onChange={setFiltering} />
    </FormDialog>
  );
}
