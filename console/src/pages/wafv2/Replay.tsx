// What a draft would have decided about the recorded requests, before it is saved.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, KeyValues, useAction, useCall } from "@/kit";
import { garrisonCall } from "@/session";
import { Choice } from "./Choice";
import type { Draft } from "./draft";
import { ReplayGroups, type ReplayGroup } from "./ReplayGroups";
import { strings } from "./strings";

const LOOK_AGAIN_MILLISECONDS = 700;
const DAY_SECONDS = 86_400;

interface Answer {
  Replay: { Status: "PENDING" | "RUNNING" | "FINISHED" | "FAILED" | "STOPPED"; Reason?: string; Events?: number };
  Totals?: Record<string, number>;
  Groups?: ReplayGroup[];
}

export function Replay({ name, arn, draft }: { name: string; arn: string; draft: Draft }) {
  const t = useText(strings);
  const [days, setDays] = useState("30");
  const [started, setStarted] = useState<{ id: string; of: Draft }>();
  const input = (now: number) => ({
    Kind: "WEB_ACL",
    Document: JSON.stringify({ Name: name, ...draft }),
    Replaces: arn,
    ...(days === "all" ? {} : { StartTime: Math.floor(now / 1000) - Number(days) * DAY_SECONDS }),
  });
  const start = useAction(async () => {
    const { ReplayId } = await garrisonCall<{ ReplayId: string }>("StartReplay", input(Date.now()));
    setStarted({ id: ReplayId, of: draft });
  });
  return (
    <Container header={<Header description={t("replayText")}>{t("replay")}</Header>}>
      <SpaceBetween size="m">
        <div className="waf-row">
          <Choice
            label={t("replayOver")}
            value={days}
            options={[
              { value: "1", label: t("lastDays", { days: 1 }) },
              { value: "7", label: t("lastDays", { days: 7 }) },
              { value: "30", label: t("lastDays", { days: 30 }) },
              { value: "all", label: t("everything") },
            ]}
            onChange={setDays}
          />
          <Button iconName="play" loading={start.busy} onClick={() => void start.run()}>
            {t("startReplay")}
          </Button>
        </div>
        <ErrorAlert error={start.error} />
        {started ? <Outcome key={started.id} id={started.id} isOld={started.of !== draft} /> : null}
        <CliPanel commands={[`garrison replay web-acl draft.json --replaces ${name}`, cli("garrison", "StartReplay", { Kind: "WEB_ACL", Document: "file://draft.json", Replaces: arn })]} />
      </SpaceBetween>
    </Container>
  );
}

function Outcome({ id, isOld }: { id: string; isOld: boolean }) {
  const t = useText(strings);
  const [ended, setEnded] = useState(false);
  const answer = useCall(
    async (signal) => {
      const found = await garrisonCall<Answer>("GetReplay", { ReplayId: id }, signal);
      setEnded(!["PENDING", "RUNNING"].includes(found.Replay.Status));
      return found;
    },
    [id],
    ended ? {} : { every: LOOK_AGAIN_MILLISECONDS },
  );
  const stop = useAction(() => garrisonCall("StopReplay", { ReplayId: id }));
  const { Replay: replay, Totals: totals = {}, Groups: groups = [] } = answer.data ?? { Replay: undefined };
  if (answer.error !== undefined) return <ErrorAlert error={answer.error} onRetry={answer.reload} />;
  if (!replay || !ended) {
    return (
      <SpaceBetween direction="horizontal" size="xs">
        <StatusIndicator type="loading">{t("replaying", { count: replay?.Events ?? 0 })}</StatusIndicator>
        <Button loading={stop.busy} onClick={() => void stop.run()}>
          {t("stop")}
        </Button>
      </SpaceBetween>
    );
  }
  if (replay.Status !== "FINISHED") {
    return (
      <StatusIndicator type="error">
        <bdi>{[replay.Status, replay.Reason].filter(Boolean).join(": ")}</bdi>
      </StatusIndicator>
    );
  }
  return (
    <SpaceBetween size="m">
      {isOld ? <StatusIndicator type="warning">{t("replayOld")}</StatusIndicator> : null}
      <KeyValues
        columns={4}
        facts={[
          [t("replayed"), replay.Events ?? 0],
          [t("newlyBlocked"), totals["newlyBlocked"] ?? 0],
          [t("noLongerBlocked"), totals["noLongerBlocked"] ?? 0],
          [t("undetermined"), totals["undetermined"] ?? 0],
        ]}
      />
      {replay.Events ? <ReplayGroups groups={groups} /> : <StatusIndicator type="info">{t("nothingRecorded")}</StatusIndicator>}
    </SpaceBetween>
  );
}
