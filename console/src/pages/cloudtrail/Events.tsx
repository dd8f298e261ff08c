// The event history: who did what, when, to which thing, and from where.
import { CloudTrailClient, type Event, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMemo } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, Name, Page, ResourceTable, Time } from "@/kit";
import { Link, usePlace } from "@/router";
import { useClient } from "@/session";
import { Lookup, readLookup } from "./Lookup";
import { caller, eventPage, type EventRecord, readRecord, withoutAccount } from "./record";
import { strings } from "./strings";

interface Row {
  event: Event;
  record: EventRecord;
}

export function EventsPage() {
  const t = useText(strings);
  const trail = useClient(CloudTrailClient);
  const { query } = usePlace();
  const lookup = useMemo(() => readLookup(query), [query]);
  const key = JSON.stringify(lookup);
  return (
    <Page title={t("events")} description={t("eventsText")} help={t("help")}>
      <ResourceTable<Row>
        name="cloudtrail.events"
        title={t("events")}
        dependencies={[trail, key]}
        load={async ({ token, signal }) => {
          const answer = await trail.send(new LookupEventsCommand({ ...lookup.input(), NextToken: token }), { abortSignal: signal });
          return { items: (answer.Events ?? []).map((event) => ({ event, record: readRecord(event.CloudTrailEvent) })), next: answer.NextToken };
        }}
        id={({ event }) => event.EventId ?? ""}
        label={({ event }) => event.EventName ?? ""}
        columns={[
          {
            id: "name",
            header: t("what"),
            value: ({ event }) => event.EventName,
            cell: ({ event }) => <Link to={eventPage(event.EventId ?? "")}>{event.EventName}</Link>,
            width: 215,
          },
          { id: "time", header: t("when"), value: ({ event }) => event.EventTime, cell: ({ event }) => <Time at={event.EventTime} />, unfiltered: true, width: 215 },
          { id: "who", header: t("who"), value: ({ record }) => caller(record), cell: ({ record }) => <Name>{caller(record)}</Name>, width: 190 },
          {
            id: "error",
            header: t("outcome"),
            value: ({ record }) => record.errorCode ?? "",
            cell: ({ record }) =>
              record.errorCode ? <StatusIndicator type="error" wrapText={false}>{record.errorCode}</StatusIndicator> : <StatusIndicator type="success">{t("done")}</StatusIndicator>,
            width: 170,
          },
          { id: "which", header: t("which"), value: ({ event }) => resourcesOf(event), cell: ({ event }) => <Name>{resourcesOf(event)}</Name>, width: 200 },
          { id: "source", header: t("service"), value: ({ event }) => event.EventSource?.replace(".amazonaws.com", ""), width: 130 },
          { id: "where", header: t("where"), value: ({ record }) => record.sourceIPAddress, cell: ({ record }) => <Name>{record.sourceIPAddress}</Name>, minWidth: 160 },
          { id: "region", header: t("region"), value: ({ record }) => record.awsRegion, hidden: true },
          { id: "reading", header: t("readOnly"), value: ({ event }) => event.ReadOnly, hidden: true },
          { id: "key", header: t("accessKey"), value: ({ event }) => event.AccessKeyId, hidden: true },
          { id: "agent", header: t("userAgent"), value: ({ record }) => record.userAgent, cell: ({ record }) => <Name>{record.userAgent}</Name>, hidden: true },
        ]}
        filters={<Lookup lookup={lookup} />}
        empty={{ title: t("eventsEmpty"), text: t("eventsEmptyText") }}
      />
      <CliPanel commands={[cli("cloudtrail", "LookupEvents", lookup.input())]} />
    </Page>
  );
}

function resourcesOf({ Resources }: Event): string {
  return (Resources ?? []).flatMap(({ ResourceName }) => (ResourceName ? [withoutAccount(ResourceName)] : [])).join(", ");
}
