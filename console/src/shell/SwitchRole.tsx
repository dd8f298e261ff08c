// The dialog of role switching.
import { useState } from "react";
import { useText } from "@/i18n";
import { TextField } from "@/kit/TextField";
import { cli } from "@/kit/cli";
import { FormDialog } from "@/kit/FormDialog";
import { mayLeave } from "@/router";
import { switchRole, useSession } from "@/session";
import { useSettings } from "@/settings";
import { strings } from "./strings";

export default function SwitchRole({ onClose }: { onClose: () => void }) {
  const t = useText(strings);
  const { account } = useSettings();
  const { person } = useSession();
  const [arn, setArn] = useState("");
  const [label, setLabel] = useState("");
  return (
    <FormDialog
      title={t("switchRole")}
      action={t("switchRole")}
      ready={arn.trim().startsWith("arn:")}
      commands={[cli("sts", "AssumeRole", { RoleArn: arn || "…", RoleSessionName: person?.name ?? "console" })]}
      onSubmit={async () => {
        if (mayLeave()) await switchRole({ arn: arn.trim(), label: label.trim() || (arn.trim().split("/").pop() ?? arn) });
      }}
      onClose={onClose}
    >
      <span>{t("switchRoleText")}</span>
      <TextField label={t("roleArn")} description={t("roleArnHint", { account })} value={arn} onChange={setArn} autoFocus />
      <TextField label={`${t("roleLabel")} – ${t("optional")}`} value={label} onChange={setLabel} />
    </FormDialog>
  );
}
