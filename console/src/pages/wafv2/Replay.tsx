// What a draft would have decided about the recorded requests, before it is saved.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { formatNumber, useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, KeyValues, type ReplayInput, useReplay } from "@/kit";
import { Choice } from "./Choice";
import type { Draft } from "./draft";
import { ReplayGroups, type Replayed } from "./ReplayGroups";
import { strings } from "./strings";

const DAY_SECONDS = 86_400;

export function Replay({ name, arn, draft }: { name: string; arn: string; draft: Draft }) {
  const t = useText(strings);
  const [days, setDays] = useState("30");
  const replay = useReplay<Replayed>();
  const asked = (now: number): ReplayInput => ({
    Kind: "WEB_ACL",
    Document: JSON.stringify({ Name: name, ...draft }),
    Replaces: arn,
    ...(days === "all" ? {} : { StartTime: Math.floor(now / 1000) - Number(days) * DAY_SECONDS }),
  });
  return (
    <Container header={<Header description={t("replayText")}>{t("replay")}</Header>}>
      <SpaceBetween size="m">
        <div className="waf-row">
          <Choice
            label={t("replayOver")}
            value={days}
            options={[
              { value: "1", label: t("lastHours", { hours: 24 }) },
              { value: "7", label: t("lastDays", { days: 7 }) },
              { value: "30", label: t("lastDays", { days: 30 }) },
              { value: "all", label: t("everything") },
            ]}
            onChange={setDays}
          />
          <Button iconName="play" disabled={replay.busy} onClick={() => void replay.start(asked(Date.now()), draft)}>
            {t("startReplay")}
          </Button>
          {replay.busy ? <Button onClick={replay.stop}>{t("stop")}</Button> : null}
        </div>
        <ErrorAlert error={replay.error} />
        {replay.busy ? <StatusIndicator type="loading">{t("replaying", { count: replay.events })}</StatusIndicator> : null}
        {replay.answer ? <Outcome answer={replay.answer} isOld={replay.of !== draft} /> : null}
        <CliPanel commands={[`garrison replay web-acl draft.json --replaces ${name}`, cli("garrison", "StartReplay", { Kind: "WEB_ACL", Document: "file://draft.json", Replaces: arn })]} />
      </SpaceBetween>
    </Container>
  );
}

function Outcome({ answer, isOld }: { answer: Replayed; isOld: boolean }) {
  const t = useText(strings);
  const { Replay: replay, Totals: totals = {}, Groups: groups = [] } = answer;
  if (replay.Status === "STOPPED") return <StatusIndicator type="stopped">{t("replayStopped")}</StatusIndicator>;
  if (replay.Status !== "FINISHED") {
    return (
      <StatusIndicator type="error">
        <bdi>{t("replayFailed", { reason: replay.Reason ?? "" })}</bdi>
      </StatusIndicator>
    );
  }
  return (
    <SpaceBetween size="m">
      {isOld ? <StatusIndicator type="warning">{t("replayOld")}</StatusIndicator> : null}
      <KeyValues
        columns={4}
        facts={[
          [t("replayed"), formatNumber(replay.Events ?? 0)],
          [t("newlyBlocked"), formatNumber(totals["newlyBlocked"] ?? 0)],
          [t("noLongerBlocked"), formatNumber(totals["noLongerBlocked"] ?? 0)],
          [t("undetermined"), formatNumber(totals["undetermined"] ?? 0)],
        ]}
      />
      {replay.Events ? <ReplayGroups groups={groups} /> : <StatusIndicator type="info">{t("nothingRecorded")}</StatusIndicator>}
    </SpaceBetween>
  );
}
