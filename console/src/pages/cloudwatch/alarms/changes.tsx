// The dialogs that delete alarms, switch their actions, and set a state for a test.
import { CloudWatchClient, DeleteAlarmsCommand, DisableAlarmActionsCommand, EnableAlarmActionsCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { Choice } from "../Choice";
import { strings } from "../strings";
import { STATES } from "./AlarmState";

interface Properties {
  names: string[];
  onClose: (done: boolean) => void;
}

export function DeleteAlarms({ names, onClose }: Properties) {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const input = { AlarmNames: names };
  const [only] = names;
  return (
    <Confirm
      title={t("deleteAlarms")}
      {...(names.length === 1 && only !== undefined ? { typed: only } : {})}
      commands={[cli("cloudwatch", "DeleteAlarms", input)]}
      onConfirm={async () => {
        await cloudwatch.send(new DeleteAlarmsCommand(input));
        flash("success", t("deleted", { name: names.join(", ") }));
      }}
      onClose={onClose}
    >
      <bdi>{t("deleteAlarmsText", { name: names.join(", ") })}</bdi>
    </Confirm>
  );
}

export function SwitchActions({ names, on, onClose }: Properties & { on: boolean }) {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const input = { AlarmNames: names };
  const word = t(on ? "enableActions" : "disableActions");
  return (
    <Confirm
      title={word}
      action={word}
      commands={[cli("cloudwatch", on ? "EnableAlarmActions" : "DisableAlarmActions", input)]}
      onConfirm={async () => {
        if (on) await cloudwatch.send(new EnableAlarmActionsCommand(input));
        else await cloudwatch.send(new DisableAlarmActionsCommand(input));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <bdi>{t(on ? "enableActionsText" : "disableActionsText", { name: names.join(", ") })}</bdi>
    </Confirm>
  );
}

export function SetState({ name, onClose }: { name: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const [state, setState] = useState<string>("ALARM");
  const [reason, setReason] = useState("");
  const input = { AlarmName: name, StateValue: STATES.find((one) => one === state) ?? "ALARM", StateReason: reason };
  return (
    <FormDialog
      title={t("setState")}
      action={t("setState")}
      ready={reason !== ""}
      commands={[cli("cloudwatch", "SetAlarmState", input)]}
      onSubmit={async () => {
        await cloudwatch.send(new SetAlarmStateCommand(input));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <div>{t("setStateText")}</div>
      <Choice label={t("state")} value={state} options={STATES.map((value) => ({ value, label: t(value) }))} onChange={setState} />
      <TextField label={t("reason")} value={reason} onChange={setReason} />
    </FormDialog>
  );
}
