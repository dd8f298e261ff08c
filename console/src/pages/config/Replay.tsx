// A draft of a rule over the recorded past: what would it have found, since when, and for how long?
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, cli, ErrorAlert, useAction, useCall } from "@/kit";
import { garrisonCall } from "@/session";
import { type Draft, replayDocument } from "./draft";
import { type Replayed, ReplayResult } from "./ReplayResult";
import { strings } from "./strings";

const DAYS = [1, 7, 30, 90, 365];
const DAY_SECONDS = 86_400;
const LOOK_AGAIN_MILLISECONDS = 700;
const isOver = (status: string | undefined) => status === "FINISHED" || status === "FAILED" || status === "STOPPED";

export function Replay({ draft, ready }: { draft: Draft; ready: boolean }) {
  const t = useText(strings);
  const [days, setDays] = useState(30);
  const [started, setStarted] = useState<string>();
  const [running, setRunning] = useState(false);
  const document = replayDocument(draft);
  const [replayed, setReplayed] = useState(document);
  const start = useAction(async () => {
    const StartTime = Math.floor(Date.now() / 1000) - days * DAY_SECONDS;
    const { ReplayId } = await garrisonCall<{ ReplayId: string }>("StartReplay", { Kind: "CONFIG_RULE", Document: document, StartTime });
    setReplayed(document);
    setStarted(ReplayId);
    setRunning(true);
  });
  const result = useCall(
    async (signal) => {
      if (!started) return undefined;
      const found = await garrisonCall<Replayed>("GetReplay", { ReplayId: started }, signal);
      if (isOver(found.Replay.Status)) setRunning(false);
      return found;
    },
    [started],
    running ? { every: LOOK_AGAIN_MILLISECONDS } : {},
  );
  const options = DAYS.map((count) => ({ value: String(count), label: t("lastDays", { count }) }));
  const isStale = result.data !== undefined && replayed !== document;
  return (
    <Container
      header={<Header description={t("replayText")}>{t("replay")}</Header>}
      footer={<CliPanel commands={[cli("garrison", "StartReplay", { Kind: "CONFIG_RULE", Document: document })]} />}
    >
      <SpaceBetween size="m">
        <SpaceBetween direction="horizontal" size="m" alignItems="end">
          <FormField label={t("period")}>
            <Select
              options={options}
              selectedOption={options.find(({ value }) => value === String(days)) ?? null}
              onChange={({ detail }) => {
                setDays(Number(detail.selectedOption.value));
              }}
            />
          </FormField>
          <Button disabled={!ready} loading={start.busy || running} onClick={() => void start.run()}>
            {t("startReplay")}
          </Button>
        </SpaceBetween>
        <ErrorAlert error={start.error} />
        <ErrorAlert error={result.error} onRetry={result.reload} />
        {isStale ? <StatusIndicator type="warning">{t("stale")}</StatusIndicator> : null}
        {running ? <StatusIndicator type="loading">{t("replaying")}</StatusIndicator> : null}
        {result.data && isOver(result.data.Replay.Status) ? <ReplayResult replayed={result.data} /> : null}
      </SpaceBetween>
    </Container>
  );
}
