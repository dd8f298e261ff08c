// Says where scanning is off, and turns it on.
import { BatchGetAccountStatusCommand, EnableCommand, type EnableCommandInput, Inspector2Client } from "@aws-sdk/client-inspector2";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, flash, useAction, useCall } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

const INPUT: EnableCommandInput = { resourceTypes: ["EC2"] };

export function Scanning() {
  const t = useText(strings);
  const inspector = useClient(Inspector2Client);
  const state = useCall(
    async (abortSignal) => {
      const { accounts } = await inspector.send(new BatchGetAccountStatusCommand({}), { abortSignal });
      return accounts?.[0]?.resourceState?.ec2?.status;
    },
    [inspector],
  );
  const turnOn = useAction(async () => {
    await inspector.send(new EnableCommand(INPUT));
    flash("success", t("turnedOn"));
    state.reload();
  });
  if (state.error !== undefined) return <ErrorAlert compact error={state.error} onRetry={state.reload} />;
  if (state.data === undefined || state.data === "ENABLED" || state.data === "ENABLING") return null;
  return (
    <Alert
      type="warning"
      header={t("scanningOff")}
      action={
        <Button loading={turnOn.busy} onClick={() => void turnOn.run()}>
          {t("turnOn")}
        </Button>
      }
    >
      {t("scanningOffText")}
      <CliPanel commands={[cli("inspector2", "Enable", INPUT)]} />
      <ErrorAlert error={turnOn.error} />
    </Alert>
  );
}
