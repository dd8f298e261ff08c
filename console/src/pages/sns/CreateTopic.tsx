// The dialog that creates a topic.
import { CreateTopicCommand, type CreateTopicCommandInput, SNSClient } from "@aws-sdk/client-sns";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

export function CreateTopic({ onClose }: { onClose: (arn?: string) => void }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [key, setKey] = useState("");
  const attributes = { ...(displayName ? { DisplayName: displayName } : {}), ...(key ? { KmsMasterKeyId: key } : {}) };
  const input: CreateTopicCommandInput = { Name: name, ...(Object.keys(attributes).length > 0 ? { Attributes: attributes } : {}) };
  return (
    <FormDialog
      title={t("createTopic")}
      action={t("createTopic")}
      ready={name !== ""}
      commands={[cli("sns", "CreateTopic", input)]}
      onSubmit={async () => {
        const { TopicArn } = await sns.send(new CreateTopicCommand(input));
        flash("success", t("created", { name }));
        onClose(TopicArn);
      }}
      onClose={(done) => {
        if (!done) onClose();
      }}
    >
      <TextField label={t("name")} description={t("nameHint")} value={name} onChange={setName} autoFocus />
      <TextField label={t("displayName")} description={t("displayNameHint")} value={displayName} onChange={setDisplayName} />
      <TextField label={t("kmsKey")} description={t("kmsKeyHint")} value={key} onChange={setKey} />
    </FormDialog>
  );
}
