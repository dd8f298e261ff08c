// The dialog that publishes a message.
import { type MessageAttributeValue, PublishCommand, type PublishCommandInput, SNSClient } from "@aws-sdk/client-sns";
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { topicName } from "./names";
import { strings } from "./strings";

interface Attribute {
  name: string;
  value: string;
}

function attributesOf(attributes: Attribute[]): Record<string, MessageAttributeValue> | undefined {
  const named = attributes.filter(({ name }) => name !== "");
  if (named.length === 0) return undefined;
  return Object.fromEntries(named.map(({ name, value }) => [name, { DataType: "String", StringValue: value }]));
}

export function Publish({ arn, onClose }: { arn: string; onClose: () => void }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const [subject, setSubject] = useState("");
  const [message, setMessage] = useState("");
  const [structured, setStructured] = useState(false);
  const [attributes, setAttributes] = useState<Attribute[]>([]);
  const input: PublishCommandInput = {
    TopicArn: arn,
    Message: message,
    Subject: subject || undefined,
    MessageStructure: structured ? "json" : undefined,
    MessageAttributes: attributesOf(attributes),
  };
  const edit = (index: number, change: Partial<Attribute>) => {
    setAttributes(attributes.map((one, number) => (number === index ? { ...one, ...change } : one)));
  };
  return (
    <FormDialog
      title={t("publishTo", { name: topicName(arn) })}
      action={t("publish")}
      size="large"
      ready={message !== ""}
      commands={[cli("sns", "Publish", input)]}
      onSubmit={async () => {
        const { MessageId } = await sns.send(new PublishCommand(input));
        flash("success", t("published", { id: MessageId ?? "" }));
      }}
      onClose={onClose}
    >
      <TextField label={t("subject")} description={t("subjectHint")} value={subject} onChange={setSubject} />
      <FormField label={t("message")}>
        <Textarea
          value={message}
          rows={6}
          onChange={({ detail }) => {
            setMessage(detail.value);
          }}
        />
      </FormField>
      <Checkbox
        checked={structured}
        description={t("structureHint")}
        onChange={({ detail }) => {
          setStructured(detail.checked);
        }}
      >
        {t("structure")}
      </Checkbox>
      <FormField label={t("attributes")} description={t("attributesHint")}>
        <AttributeEditor
          items={attributes}
          addButtonText={t("add")}
          removeButtonText={t("remove")}
          empty={t("none")}
          onAddButtonClick={() => {
            setAttributes([...attributes, { name: "", value: "" }]);
          }}
          onRemoveButtonClick={({ detail }) => {
            setAttributes(attributes.filter((_, number) => number !== detail.itemIndex));
          }}
          definition={[
            {
              label: t("attributeName"),
              control: (item, index) => (
                <Input
                  value={item.name}
                  onChange={({ detail }) => {
                    edit(index, { name: detail.value });
                  }}
                />
              ),
            },
            {
              label: t("attributeValue"),
              control: (item, index) => (
                <Input
                  value={item.value}
                  onChange={({ detail }) => {
                    edit(index, { value: detail.value });
                  }}
                />
              ),
            },
          ]}
        />
      </FormField>
    </FormDialog>
  );
}
