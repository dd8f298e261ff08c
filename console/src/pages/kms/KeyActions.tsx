// Enabling, disabling and deleting a key.
import { CancelKeyDeletionCommand, DisableKeyCommand, EnableKeyCommand, type KeyMetadata, KMSClient, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, ErrorAlert, flash, FormDialog, TextField, useAction } from "@/kit";
import { useClient } from "@/session";
import { change } from "./changes";
import { strings } from "./strings";

export function KeyActions({ facts, onChange }: { facts: KeyMetadata; onChange: () => void }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [open, setOpen] = useState<"disable" | "delete">();
  const input = { KeyId: facts.KeyId };
  const disable = change("DisableKey", input, (client) => client.send(new DisableKeyCommand(input)));
  const enable = useAction(async () => {
    await kms.send(new EnableKeyCommand(input));
    onChange();
  });
  const cancel = useAction(async () => {
    await kms.send(new CancelKeyDeletionCommand(input));
    flash("success", t("cancelled"));
    onChange();
  });
  if (facts.KeyManager === "AWS") return null;
  const close = (done: boolean) => {
    setOpen(undefined);
    if (done) onChange();
  };
  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="xs">
        {facts.KeyState === "PendingDeletion" ? (
          <Button loading={cancel.busy} onClick={() => void cancel.run()}>
            {t("cancelDeletion")}
          </Button>
        ) : (
          <Button
            onClick={() => {
              setOpen("delete");
            }}
          >
            {t("scheduleDeletion")}
          </Button>
        )}
        {facts.KeyState === "Enabled" ? (
          <Button
            onClick={() => {
              setOpen("disable");
            }}
          >
            {t("disable")}
          </Button>
        ) : null}
        {facts.KeyState === "Disabled" ? (
          <Button loading={enable.busy} onClick={() => void enable.run()}>
            {t("enable")}
          </Button>
        ) : null}
      </SpaceBetween>
      <ErrorAlert error={enable.error ?? cancel.error} />
      {open === "disable" ? (
        <Confirm title={t("disable")} action={t("disable")} commands={[disable.command]} onConfirm={() => disable.send(kms)} onClose={close}>
          {t("disableText")}
        </Confirm>
      ) : null}
      {open === "delete" ? <ScheduleDeletion id={facts.KeyId ?? ""} onClose={close} /> : null}
    </SpaceBetween>
  );
}

function ScheduleDeletion({ id, onClose }: { id: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [days, setDays] = useState("30");
  const input = { KeyId: id, PendingWindowInDays: Number(days) };
  return (
    <FormDialog
      title={t("scheduleDeletion")}
      action={t("scheduleDeletion")}
      ready={/^\d+$/.test(days)}
      commands={[cli("kms", "ScheduleKeyDeletion", input)]}
      onSubmit={() => kms.send(new ScheduleKeyDeletionCommand(input))}
      onClose={onClose}
    >
      <div>{t("scheduleText")}</div>
      <TextField label={t("waiting")} description={t("waitingHint")} inputMode="numeric" value={days} onChange={setDays} />
    </FormDialog>
  );
}
