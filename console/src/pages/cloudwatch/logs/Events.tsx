// The events of a log group: found by pattern, stream and time.
import { CloudWatchLogsClient, FilterLogEventsCommand, type FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { useText } from "@/i18n";
import { Name, ResourceTable, spanOf, Time, TimeRange } from "@/kit";
import { useQueryValue } from "@/router";
import { useClient } from "@/session";
import { Applied } from "../Applied";
import { DEFAULT_RANGE } from "../ranges";
import { strings } from "../strings";
import { Message } from "./Message";

const PAGE = 500;

export function Events({ group }: { group: string }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [pattern, setPattern] = useQueryValue("pattern");
  const [stream, setStream] = useQueryValue("stream");
  const [range, setRange] = useQueryValue("range", DEFAULT_RANGE);
  return (
    <ResourceTable<FilteredLogEvent>
      name="cloudwatch.events"
      filterKey="events-filter"
      title={t("events")}
      description={t("eventsText")}
      dependencies={[logs, group, pattern, stream, range]}
      load={async ({ token, signal }) => {
        const { from, until, isFixed } = spanOf(range);
        let next = token;
        for (;;) {
          const input = {
            logGroupName: group,
            nextToken: next,
            limit: PAGE,
            filterPattern: pattern || undefined,
            logStreamNames: stream ? [stream] : undefined,
            startTime: from?.getTime(),
            endTime: isFixed ? until.getTime() : undefined,
          };
          const answer = await logs.send(new FilterLogEventsCommand(input), { abortSignal: signal });
          next = answer.nextToken;
          if (!next || (answer.events ?? []).length > 0) return { items: answer.events ?? [], next }; // an empty page may have a next one
        }
      }}
      id={(event) => event.eventId ?? ""}
      columns={[
        { id: "time", header: t("time"), value: (event) => event.timestamp, cell: (event) => <Time at={event.timestamp} />, unfiltered: true, width: 215 },
        { id: "message", header: t("message"), value: (event) => event.message, cell: (event) => <Message text={event.message ?? ""} />, minWidth: 360 },
        { id: "stream", header: t("stream"), value: (event) => event.logStreamName, cell: (event) => <Name>{event.logStreamName}</Name>, width: 190 },
        { id: "taken", header: t("ingested"), value: (event) => event.ingestionTime, cell: (event) => <Time at={event.ingestionTime} />, unfiltered: true, hidden: true },
      ]}
      filters={
        <div className="g-fields">
          <Applied label={t("pattern")} placeholder={t("patternExample")} value={pattern} onApply={setPattern} />
          <Applied label={t("stream")} value={stream} onApply={setStream} />
          <TimeRange label={t("range")} value={range} onChange={setRange} all={t("allTime")} />
        </div>
      }
      empty={{ title: t("eventsEmpty"), text: t("eventsEmptyText") }}
    />
  );
}
