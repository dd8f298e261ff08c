// The events of a log group as they come.
import { CloudWatchLogsClient, type FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMemo, useState } from "react";
import { useText } from "@/i18n";
import { Name, PlainTable, Time, useCall } from "@/kit";
import { useQueryValue } from "@/router";
import { useClient } from "@/session";
import { Applied } from "../Applied";
import { strings } from "../strings";
import { Message } from "./Message";
import { Tail } from "./tail";

const EVERY = 2000;
const MOST_SHOWN = 200;

export function LiveTail({ group }: { group: string }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [pattern, setPattern] = useQueryValue("pattern");
  const [paused, setPaused] = useState(false);
  const tail = useMemo(() => new Tail(logs, group, pattern), [logs, group, pattern]);
  const found = useCall<{ of: Tail; events: FilteredLogEvent[] }>(async (signal) => ({ of: tail, events: await tail.poll(signal) }), [tail], paused ? {} : { every: EVERY });
  const events = found.data?.of === tail ? found.data.events : [];
  return (
    <SpaceBetween size="m">
      <div className="g-fields">
        <Applied label={t("pattern")} placeholder={t("patternExample")} value={pattern} onApply={setPattern} />
        <StatusIndicator type={paused ? "stopped" : found.error === undefined ? "in-progress" : "error"}>{t(paused ? "paused" : "following")}</StatusIndicator>
      </div>
      <PlainTable<FilteredLogEvent>
        title={t("liveTail")}
        description={t("liveTailText")}
        items={events.slice(0, MOST_SHOWN)}
        error={found.error}
        actions={
          <>
            <Button
              onClick={() => {
                setPaused(!paused);
              }}
            >
              {t(paused ? "resume" : "pause")}
            </Button>
            <Button
              onClick={() => {
                tail.clear();
                found.reload();
              }}
            >
              {t("clear")}
            </Button>
          </>
        }
        id={(event) => event.eventId ?? ""}
        columns={[
          { id: "time", header: t("time"), cell: (event) => <Time at={event.timestamp} /> },
          { id: "message", header: t("message"), cell: (event) => <Message text={event.message ?? ""} /> },
          { id: "stream", header: t("stream"), cell: (event) => <Name>{event.logStreamName}</Name> },
        ]}
        empty={{ title: t("tailEmpty"), text: t("tailEmptyText") }}
      />
    </SpaceBetween>
  );
}
