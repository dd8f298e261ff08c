// The dialog that creates a trail and begins to log.
import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import Checkbox from "@cloudscape-design/components/checkbox";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings";

export function CreateTrail({ onClose }: { onClose: (arn?: string) => void }) {
  const t = useText(strings);
  const client = useClient(CloudTrailClient);
  const [name, setName] = useState("");
  const [bucket, setBucket] = useState("");
  const [key, setKey] = useState("");
  const [topic, setTopic] = useState("");
  const [everywhere, setEverywhere] = useState(true);
  const [validated, setValidated] = useState(true);
  const input = {
    Name: name,
    S3BucketName: bucket,
    IsMultiRegionTrail: everywhere,
    EnableLogFileValidation: validated,
    ...(key ? { KmsKeyId: key } : {}),
    ...(topic ? { SnsTopicName: topic } : {}),
  };
  return (
    <FormDialog
      title={t("createTrail")}
      action={t("createTrail")}
      ready={name.length >= 3 && bucket !== ""}
      commands={[cli("cloudtrail", "CreateTrail", input), cli("cloudtrail", "StartLogging", { Name: name })]}
      onSubmit={async () => {
        const { TrailARN } = await client.send(new CreateTrailCommand(input));
        await client.send(new StartLoggingCommand({ Name: name }));
        flash("success", t("created", { name }));
        onClose(TrailARN);
      }}
      onClose={(done) => {
        if (!done) onClose();
      }}
    >
      <TextField label={t("name")} description={t("trailNameHint")} value={name} onChange={setName} autoFocus />
      <TextField label={t("bucket")} description={t("bucketHint")} value={bucket} onChange={setBucket} />
      <TextField label={t("kmsKey")} description={t("kmsKeyHint")} value={key} onChange={setKey} />
      <TextField label={t("topic")} description={t("topicHint")} value={topic} onChange={setTopic} />
      <Checkbox
        checked={everywhere}
        onChange={({ detail }) => {
          setEverywhere(detail.checked);
        }}
      >
        {t("everywhere")}
      </Checkbox>
      <Checkbox
        checked={validated}
        description={t("validatedHint")}
        onChange={({ detail }) => {
          setValidated(detail.checked);
        }}
      >
        {t("validate")}
      </Checkbox>
    </FormDialog>
  );
}
