// The streams of a log group.
import { CloudWatchLogsClient, DescribeLogStreamsCommand, type LogStream } from "@aws-sdk/client-cloudwatch-logs";
import { useText } from "@/i18n";
import { Name, ResourceTable, Time } from "@/kit";
import { Link, useQueryValue, withQuery } from "@/router";
import { useClient } from "@/session";
import { Applied } from "../Applied";
import { logGroupPage } from "../names";
import { strings } from "../strings";

export function Streams({ group }: { group: string }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [prefix, setPrefix] = useQueryValue("stream-prefix");
  return (
    <ResourceTable<LogStream>
      name="cloudwatch.streams"
      filterKey="streams-filter"
      title={t("streams")}
      dependencies={[logs, group, prefix]}
      load={async ({ token, signal }) => {
        // The server orders by the last event only where no prefix is asked for.
        const how = prefix ? { logStreamNamePrefix: prefix } : { orderBy: "LastEventTime" as const, descending: true };
        const answer = await logs.send(new DescribeLogStreamsCommand({ logGroupName: group, nextToken: token, ...how }), { abortSignal: signal });
        return { items: answer.logStreams ?? [], next: answer.nextToken };
      }}
      id={(stream) => stream.logStreamName ?? ""}
      columns={[
        {
          id: "name",
          header: t("stream"),
          value: (stream) => stream.logStreamName,
          cell: (stream) => (
            <Link to={withQuery(logGroupPage(group), { stream: stream.logStreamName, range: "0" })}>
              <Name>{stream.logStreamName}</Name>
            </Link>
          ),
          width: 480,
        },
        { id: "last", header: t("lastEvent"), value: (stream) => stream.lastEventTimestamp, cell: (stream) => <Time at={stream.lastEventTimestamp} />, unfiltered: true, width: 215 },
        { id: "first", header: t("firstEvent"), value: (stream) => stream.firstEventTimestamp, cell: (stream) => <Time at={stream.firstEventTimestamp} />, unfiltered: true, minWidth: 215 },
      ]}
      filters={
        <div className="g-fields">
          <Applied label={t("namePrefix")} value={prefix} onApply={setPrefix} />
        </div>
      }
      empty={{ title: t("streamsEmpty"), text: t("streamsEmptyText") }}
    />
  );
}
