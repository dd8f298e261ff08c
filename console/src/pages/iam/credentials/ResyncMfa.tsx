// Setting a device's drifted clock right.
import { IAMClient, ResyncMFADeviceCommand } from "@aws-sdk/client-iam";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings/people";
import { Codes, isCode } from "./Codes";

export function ResyncMfa({ user, device, onClose }: { user: string; device: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [codes, setCodes] = useState<[string, string]>(["", ""]);
  const [AuthenticationCode1, AuthenticationCode2] = codes;
  const input = { UserName: user, SerialNumber: device, AuthenticationCode1, AuthenticationCode2 };
  return (
    <FormDialog
      title={t("resync")}
      action={t("resync")}
      ready={codes.every(isCode)}
      commands={[cli("iam", "ResyncMFADevice", input)]}
      onSubmit={async () => {
        await iam.send(new ResyncMFADeviceCommand(input));
        flash("success", t("resynced"));
      }}
      onClose={onClose}
    >
      <div>{t("resyncText")}</div>
      <Codes codes={codes} onChange={setCodes} />
    </FormDialog>
  );
}
