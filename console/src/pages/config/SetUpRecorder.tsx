// The dialog that sets recording up: the role, what is recorded, where it is delivered; then it records.
import {
  ConfigServiceClient,
  type ConfigurationRecorder,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  type ResourceType,
  StartConfigurationRecorderCommand,
} from "@aws-sdk/client-config-service";
import { CreateServiceLinkedRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import Checkbox from "@cloudscape-design/components/checkbox";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { failureOf, useClient, useSession } from "@/session";
import { strings } from "./strings";
import { TypesField } from "./TypesField";

const SERVICE = "config.amazonaws.com";
const LINKED = `role/aws-service-role/${SERVICE}/AWSServiceRoleForConfig`;

export function SetUpRecorder({ present, onClose }: { present: ConfigurationRecorder | undefined; onClose: () => void }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const iam = useClient(IAMClient);
  const { person, role: assumed } = useSession();
  const account = assumed?.arn.split(":")[4] ?? person?.account ?? "";
  const linkedRole = `arn:aws:iam::${account}:${LINKED}`;
  const [role, setRole] = useState(present?.roleARN ?? linkedRole);
  const [isAll, setAll] = useState(present?.recordingGroup?.allSupported ?? true);
  const [types, setTypes] = useState<string[]>(present?.recordingGroup?.resourceTypes ?? []);
  const [bucket, setBucket] = useState("");
  const [topic, setTopic] = useState("");
  const name = present?.name ?? "default";
  const recorder = {
    ConfigurationRecorder: {
      name,
      roleARN: role,
      recordingGroup: isAll ? { allSupported: true, includeGlobalResourceTypes: true } : { resourceTypes: types as ResourceType[] },
    },
  };
  const channel = { DeliveryChannel: { name: "default", s3BucketName: bucket, ...(topic ? { snsTopicARN: topic } : {}) } };
  const start = { ConfigurationRecorderName: name };
  const makeRole = async () => {
    try {
      await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: SERVICE }));
    } catch (error) {
      if (failureOf(error).code !== "InvalidInput") throw error; // it is there
    }
  };
  return (
    <FormDialog
      title={t(present ? "changeRecorder" : "setUp")}
      action={t(present ? "save" : "setUpAndStart")}
      size="large"
      ready={role !== "" && (isAll || types.length > 0) && (present !== undefined || bucket !== "")}
      commands={[
        ...(role === linkedRole && !present ? [cli("iam", "CreateServiceLinkedRole", { AWSServiceName: SERVICE })] : []),
        cli("configservice", "PutConfigurationRecorder", recorder),
        ...(bucket ? [cli("configservice", "PutDeliveryChannel", channel)] : []),
        ...(present ? [] : [cli("configservice", "StartConfigurationRecorder", start)]),
      ]}
      onSubmit={async () => {
        if (role === linkedRole && !present) await makeRole();
        await config.send(new PutConfigurationRecorderCommand(recorder));
        if (bucket) await config.send(new PutDeliveryChannelCommand(channel));
        if (!present) await config.send(new StartConfigurationRecorderCommand(start));
        flash("success", t(present ? "recorderSaved" : "recorderStarted"));
      }}
      onClose={onClose}
    >
      <TextField label={t("role")} description={t("roleHint")} value={role} onChange={setRole} />
      <Checkbox
        checked={isAll}
        onChange={({ detail }) => {
          setAll(detail.checked);
        }}
      >
        {t("allSupported")}
      </Checkbox>
      {isAll ? null : <TypesField label={t("recordedTypes")} description={t("recordedTypesHint")} chosen={types} onChange={setTypes} />}
      <TextField label={t("bucket")} description={t(present ? "bucketHintPresent" : "bucketHint")} value={bucket} onChange={setBucket} />
      <TextField label={t("topic")} description={t("topicHint")} value={topic} onChange={setTopic} disabled={bucket === ""} />
    </FormDialog>
  );
}
