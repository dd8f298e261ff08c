// The dialog that turns termination protection on or off.
import { CloudFormationClient, type Stack, UpdateTerminationProtectionCommand } from "@aws-sdk/client-cloudformation";
import { useText } from "@/i18n";
import { cli, flash, FormDialog } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

export function Protection({ stack, onClose }: { stack: Stack; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const isOn = stack.EnableTerminationProtection ?? false;
  const input = { StackName: stack.StackName, EnableTerminationProtection: !isOn };
  return (
    <FormDialog
      title={t("protection")}
      action={t(isOn ? "turnOff" : "turnOn")}
      commands={[cli("cloudformation", "UpdateTerminationProtection", input)]}
      onSubmit={async () => {
        await cloudformation.send(new UpdateTerminationProtectionCommand(input));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      {t(isOn ? "protectionOffText" : "protectionOnText")}
    </FormDialog>
  );
}
