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
import { CliPanel, cli, ErrorAlert, useReplay } from "@/kit";
import { type Draft, replayDocument } from "./draft";
import { type Replayed, ReplayResult } from "./ReplayResult";
import { strings } from "./strings";

const DAYS = [1, 7, 30, 90, 365];
const DAY_SECONDS = 86_400;

export function Replay({ draft, ready }: { draft: Draft; ready: boolean }) {
  const t = useText(strings);
  const [days, setDays] = useState(30);
  const replay = useReplay<Replayed>();
  const asked = { Kind: "CONFIG_RULE" as const, Document: replayDocument(draft) };
  const options = DAYS.map((count) => ({ value: String(count), label: count === 1 ? t("lastDay") : t("lastDays", { count }) }));
  return (
    <Container
      header={<Header description={t("replayText")}>{t("replay")}</Header>}
      footer={<CliPanel commands={[cli("garrison", "StartReplay", asked)]} />}
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
          <Button
            iconName="play"
            disabled={!ready || replay.busy}
            onClick={() => void replay.start({ ...asked, StartTime: Math.floor(Date.now() / 1000) - days * DAY_SECONDS }, asked.Document)}
          >
            {t("startReplay")}
          </Button>
          {replay.busy ? <Button onClick={replay.stop}>{t("stop")}</Button> : null}
        </SpaceBetween>
        <ErrorAlert error={replay.error} />
        {replay.busy ? <StatusIndicator type="loading">{t("replaying")}</StatusIndicator> : null}
        {replay.answer && replay.of !== asked.Document ? <StatusIndicator type="warning">{t("stale")}</StatusIndicator> : null}
        {replay.answer ? <ReplayResult replayed={replay.answer} /> : null}
      </SpaceBetween>
    </Container>
  );
}
