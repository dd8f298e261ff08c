// "When would it have gone off?": a draft of a metric filter, with an alarm over it, run over the recorded calls.
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, Name, PlainTable, type ReplayInput, spanOf, TextField, Time, TimeRange, useReplay } from "@/kit";
import type { Replayed } from "@/pages/iam/policies/replaying";
import { strings } from "../strings";

const MONTH = String(30 * 86_400);

export function FilterReplay({ pattern, metricValue }: { pattern: string; metricValue: string }) {
  const t = useText(strings);
  const [range, setRange] = useState(MONTH);
  const [threshold, setThreshold] = useState("");
  const [period, setPeriod] = useState("300");
  const replay = useReplay<Replayed>();
  const alarm = { FilterPattern: pattern, Threshold: Number(threshold), Period: Number(period), MetricValue: metricValue };
  const asked = (): ReplayInput => {
    const { from, until, isFixed } = spanOf(range);
    return {
      Kind: threshold === "" ? "METRIC_FILTER" : "ALARM",
      Document: threshold === "" ? pattern : JSON.stringify(alarm),
      ...(from ? { StartTime: Math.floor(from.getTime() / 1000) } : {}),
      ...(isFixed ? { EndTime: Math.ceil(until.getTime() / 1000) } : {}),
    };
  };
  return (
    <SpaceBetween size="m">
      <div>{t("replayText")}</div>
      <ColumnLayout columns={3}>
        <TimeRange label={t("range")} value={range} onChange={setRange} all={t("allTime")} />
        <TextField label={t("thresholdOfReplay")} inputMode="decimal" value={threshold} onChange={setThreshold} />
        <TextField label={t("periodSeconds")} inputMode="numeric" value={period} onChange={setPeriod} />
      </ColumnLayout>
      <SpaceBetween direction="horizontal" size="xs">
        <Button formAction="none" disabled={pattern === "" || replay.busy} onClick={() => void replay.start(asked())}>
          {t("runReplay")}
        </Button>
        {replay.busy ? (
          <Button formAction="none" onClick={replay.stop}>
            {t("stop")}
          </Button>
        ) : null}
      </SpaceBetween>
      {replay.busy ? <StatusIndicator type="in-progress">{t("replayRunning", { count: replay.events })}</StatusIndicator> : null}
      {replay.answer ? <Result answer={replay.answer} /> : null}
      <ErrorAlert error={replay.error} />
      <CliPanel commands={[cli("garrison", "StartReplay", asked())]} />
    </SpaceBetween>
  );
}

function Result({ answer }: { answer: Replayed }) {
  const t = useText(strings);
  const { Replay, Groups = [], Alarms = [] } = answer;
  if (Replay.Status !== "FINISHED") return <StatusIndicator type="error">{`${Replay.Status}: ${Replay.Reason ?? ""}`}</StatusIndicator>;
  return (
    <SpaceBetween size="m">
      <StatusIndicator>{t("replayed", { count: Replay.Events ?? 0 })}</StatusIndicator>
      {Replay.Kind === "ALARM" ? (
        <PlainTable
          title={t("wouldHaveAlarmed", { count: Alarms.length })}
          items={Alarms}
          id={(alarm) => alarm.StartTime}
          columns={[
            { id: "from", header: t("from"), cell: (alarm) => <Time at={alarm.StartTime} /> },
            { id: "until", header: t("until"), cell: (alarm) => <Time at={alarm.EndTime} /> },
            { id: "who", header: t("principals"), cell: (alarm) => <Name>{(alarm.Principals ?? []).join(", ")}</Name> },
          ]}
          empty={{ title: t("nothingMatched"), text: t("replayNothing") }}
        />
      ) : null}
      <PlainTable
        title={t("matchingCalls")}
        {...(answer.NextToken ? { description: t("largestGroups") } : {})}
        items={Groups}
        id={(group) => `${group.Principal} ${group.EventName ?? ""} ${group.SourceIPAddress ?? ""}`}
        columns={[
          { id: "who", header: t("principals"), cell: (group) => <Name>{group.Principal}</Name> },
          { id: "event", header: t("event"), cell: (group) => <Name>{group.EventName}</Name> },
          { id: "address", header: t("address"), cell: (group) => <Name>{group.SourceIPAddress}</Name> },
          { id: "count", header: t("count"), cell: (group) => String(group.Count), isNumber: true },
          { id: "last", header: t("last"), cell: (group) => <Time at={group.LastEventTime} /> },
        ]}
        empty={{ title: t("nothingMatched"), text: t("replayNothing") }}
      />
    </SpaceBetween>
  );
}
