// The panel beside a page: what the page is about, and the command of every call that was made.
import Box from "@cloudscape-design/components/box";
import HelpPanel from "@cloudscape-design/components/help-panel";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { cli } from "@/kit/cli";
import { Command } from "@/kit/CliPanel";
import { shownPage } from "@/kit/Page";
import { Time } from "@/kit/Time";
import { madeCalls, useRegion } from "@/session";
import { useSettings } from "@/settings";
import { useStore } from "@/store";
import { strings } from "./strings";

export function HelpAndCommands() {
  const t = useText(strings);
  const { title, help } = useStore(shownPage);
  const calls = useStore(madeCalls);
  const region = useRegion();
  const { endpoint } = useSettings();
  return (
    <HelpPanel header={<h2>{title || t("help")}</h2>}>
      {help ? <div>{help}</div> : null}
      <h3>{t("calls")}</h3>
      <p>{t("callsText")}</p>
      <Command>{`export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region}`}</Command>
      <SpaceBetween size="xs">
        {calls.length === 0 ? <p>{t("noCalls")}</p> : null}
        {calls.map((call) => (
          <div key={call.id}>
            <Box variant="small">
              <Time at={call.at} /> {call.refusal ? <bdi>{t("refusedWith", { code: call.refusal })}</bdi> : null}
            </Box>
            <Command>{cli(call.service, call.operation, call.input)}</Command>
          </div>
        ))}
      </SpaceBetween>
    </HelpPanel>
  );
}
