// The dialogs that create, change and delete a log group.
import {
  AssociateKmsKeyCommand,
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DisassociateKmsKeyCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { Choice } from "../Choice";
import { retentionText } from "../names";
import { strings } from "../strings";

/** The days that AWS lets one choose; 0 keeps events for ever. */
const RETENTIONS = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

function Retention({ value, onChange }: { value: number; onChange: (days: number) => void }) {
  const t = useText(strings);
  return (
    <Choice
      label={t("retention")}
      description={t("retentionHint")}
      value={String(value)}
      options={RETENTIONS.map((days) => ({ value: String(days), label: retentionText(t, days) }))}
      onChange={(days) => {
        onChange(Number(days));
      }}
    />
  );
}

export function CreateLogGroup({ onClose }: { onClose: (name?: string) => void }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [name, setName] = useState("");
  const [days, setDays] = useState(0);
  const [key, setKey] = useState("");
  const input = { logGroupName: name, kmsKeyId: key || undefined };
  const keep = { logGroupName: name, retentionInDays: days };
  return (
    <FormDialog
      title={t("createGroup")}
      action={t("createGroup")}
      ready={name !== ""}
      commands={[cli("logs", "CreateLogGroup", input), ...(days > 0 ? [cli("logs", "PutRetentionPolicy", keep)] : [])]}
      onSubmit={async () => {
        await logs.send(new CreateLogGroupCommand(input));
        if (days > 0) await logs.send(new PutRetentionPolicyCommand(keep));
        flash("success", t("groupCreated", { name }));
        onClose(name);
      }}
      onClose={(done) => {
        if (!done) onClose();
      }}
    >
      <TextField label={t("name")} value={name} onChange={setName} autoFocus />
      <Retention value={days} onChange={setDays} />
      <TextField label={t("kmsKey")} description={t("kmsKeyHint")} value={key} onChange={setKey} />
    </FormDialog>
  );
}

interface Properties {
  name: string;
  onClose: (done: boolean) => void;
}

export function EditRetention({ name, days: before, onClose }: Properties & { days: number }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [days, setDays] = useState(before);
  const keep = { logGroupName: name, retentionInDays: days };
  const ever = { logGroupName: name };
  return (
    <FormDialog
      title={t("editRetention")}
      action={t("save")}
      ready={days !== before}
      commands={[days > 0 ? cli("logs", "PutRetentionPolicy", keep) : cli("logs", "DeleteRetentionPolicy", ever)]}
      onSubmit={async () => {
        if (days > 0) await logs.send(new PutRetentionPolicyCommand(keep));
        else await logs.send(new DeleteRetentionPolicyCommand(ever));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <Retention value={days} onChange={setDays} />
    </FormDialog>
  );
}

export function EditKey({ name, kmsKey, onClose }: Properties & { kmsKey: string }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [key, setKey] = useState(kmsKey);
  const associate = { logGroupName: name, kmsKeyId: key };
  const none = { logGroupName: name };
  return (
    <FormDialog
      title={t("editKey")}
      action={t("save")}
      ready={key !== kmsKey}
      commands={[key ? cli("logs", "AssociateKmsKey", associate) : cli("logs", "DisassociateKmsKey", none)]}
      onSubmit={async () => {
        if (key) await logs.send(new AssociateKmsKeyCommand(associate));
        else await logs.send(new DisassociateKmsKeyCommand(none));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <TextField label={t("kmsKey")} description={t("kmsKeyHint")} value={key} onChange={setKey} autoFocus />
    </FormDialog>
  );
}

export function DeleteLogGroup({ name, onClose }: Properties) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const input = { logGroupName: name };
  return (
    <Confirm
      title={t("deleteGroup")}
      typed={name}
      commands={[cli("logs", "DeleteLogGroup", input)]}
      onConfirm={async () => {
        await logs.send(new DeleteLogGroupCommand(input));
        flash("success", t("deleted", { name }));
      }}
      onClose={onClose}
    >
      <bdi>{t("deleteGroupText", { name })}</bdi>
    </Confirm>
  );
}
