// The dialog that creates an event data store.
import { CloudTrailClient, CreateEventDataStoreCommand } from "@aws-sdk/client-cloudtrail";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings";

export function CreateStore({ onClose }: { onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const trail = useClient(CloudTrailClient);
  const [name, setName] = useState("");
  const [days, setDays] = useState("366");
  const input = { Name: name, RetentionPeriod: Number(days), TerminationProtectionEnabled: false };
  return (
    <FormDialog
      title={t("createStore")}
      action={t("createStore")}
      ready={name.length >= 3 && Number(days) >= 7}
      commands={[cli("cloudtrail", "CreateEventDataStore", input)]}
      onSubmit={async () => {
        await trail.send(new CreateEventDataStoreCommand(input));
        flash("success", t("created", { name }));
      }}
      onClose={onClose}
    >
      <TextField label={t("name")} description={t("storeNameHint")} value={name} onChange={setName} autoFocus />
      <TextField label={t("retention")} description={t("retentionHint")} type="number" inputMode="numeric" value={days} onChange={setDays} />
    </FormDialog>
  );
}
