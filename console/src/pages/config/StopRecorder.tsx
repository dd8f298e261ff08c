// The dialog before the recorder stops.
import { ConfigServiceClient, StopConfigurationRecorderCommand } from "@aws-sdk/client-config-service";
import { useText } from "@/i18n";
import { cli, Confirm, flash } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

export function StopRecorder({ name, onClose }: { name: string; onClose: () => void }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const input = { ConfigurationRecorderName: name };
  return (
    <Confirm
      title={t("stopRecorder")}
      action={t("stopRecorder")}
      commands={[cli("configservice", "StopConfigurationRecorder", input)]}
      onConfirm={async () => {
        await config.send(new StopConfigurationRecorderCommand(input));
        flash("success", t("recorderStopped"));
      }}
      onClose={onClose}
    >
      {t("stopRecorderText")}
    </Confirm>
  );
}
