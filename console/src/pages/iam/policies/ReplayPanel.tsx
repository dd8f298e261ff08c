// "What would this have denied, or allowed?": a draft, run over the calls that were recorded.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, type ReplayInput, TextField, useReplay } from "@/kit";
import { strings } from "../strings/policies";
import type { Replayed } from "./replaying";
import { ReplayResults } from "./ReplayResults";

const HOUR = 3600;
const DAY = 24 * HOUR;
const SPANS = [HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 0];

interface Properties {
  kind: ReplayInput["Kind"];
  document: string;
  /** Whom the draft hangs on; asked for where it is left out. */
  principal?: string;
  /** What the draft hangs on, of a trust policy. */
  resource?: string;
  /** The policy whose place the draft takes, as Explain names it. */
  replaces?: string;
}

export function ReplayPanel({ kind, document, principal, resource, replaces }: Properties) {
  const t = useText(strings);
  const [written, setWritten] = useState(principal ?? "");
  const [span, setSpan] = useState(30 * DAY);
  const replay = useReplay<Replayed>();
  const isOnPerson = kind === "IDENTITY_POLICY" || kind === "PERMISSIONS_BOUNDARY";
  const asked = (StartTime: number | undefined): ReplayInput => ({
    Kind: kind,
    Document: document,
    ...(isOnPerson ? { Principal: written.trim() } : {}),
    ...(resource ? { Resource: resource } : {}),
    ...(replaces ? { Replaces: replaces } : {}),
    ...(StartTime === undefined ? {} : { StartTime }),
  });
  const word = (seconds: number) => {
    if (seconds === 0) return t("everything");
    return seconds < 2 * DAY ? t("hours", { count: seconds / HOUR }) : t("days", { count: seconds / DAY });
  };
  const isReady = !isOnPerson || written.trim() !== "";
  return (
    <SpaceBetween size="m">
      <div>{t("replayText")}</div>
      {isOnPerson ? <TextField label={t("replayPrincipal")} description={t("replayPrincipalHint")} value={written} onChange={setWritten} /> : null}
      <FormField label={t("replayFrom")}>
        <Select
          selectedOption={{ value: String(span), label: word(span) }}
          options={SPANS.map((seconds) => ({ value: String(seconds), label: word(seconds) }))}
          onChange={({ detail }) => {
            setSpan(Number(detail.selectedOption.value));
          }}
        />
      </FormField>
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          disabled={!isReady || replay.busy}
          onClick={() => void replay.start(asked(span === 0 ? undefined : Math.floor(Date.now() / 1000) - span))}
        >
          {t("runReplay")}
        </Button>
        {replay.busy ? <Button onClick={replay.stop}>{t("stop")}</Button> : null}
      </SpaceBetween>
      {replay.busy ? (
        <StatusIndicator type="in-progress">
          {t("replayRunning")} {replay.events > 0 ? t("replayed", { count: replay.events }) : ""}
        </StatusIndicator>
      ) : null}
      {replay.answer ? <ReplayResults answer={replay.answer} /> : null}
      <ErrorAlert error={replay.error} />
      <CliPanel commands={[cli("garrison", "StartReplay", asked(undefined))]} />
    </SpaceBetween>
  );
}
