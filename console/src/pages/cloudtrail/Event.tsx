// One event: who, what, when, which, where, and why it was allowed or refused.
import { CloudTrailClient, type Event, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, JsonEditor, KeyValues, Name, Page, prettyJson, Time, useCall } from "@/kit";
import { Link, to, withQuery } from "@/router";
import { useClient } from "@/session";
import { caller, type EventRecord, readRecord } from "./record";
import { strings } from "./strings";
import { Why } from "./Why";

export function EventPage({ id }: { id: string }) {
  const t = useText(strings);
  const trail = useClient(CloudTrailClient);
  const input = { LookupAttributes: [{ AttributeKey: "EventId" as const, AttributeValue: id }] };
  const event = useCall(async (abortSignal) => (await trail.send(new LookupEventsCommand(input), { abortSignal })).Events?.[0] ?? null, [trail, id]);
  const record = readRecord(event.data?.CloudTrailEvent);
  return (
    <Page title={record.eventName ?? id} crumbs={[{ text: t("events"), to: to("cloudtrail") }]} help={t("help")}>
      <ErrorAlert error={event.error} onRetry={event.reload} />
      {event.data === null ? <StatusIndicator type="info">{t("eventAway")}</StatusIndicator> : null}
      {event.data ? (
        <SpaceBetween size="l">
          <Container>
            <Facts event={event.data} record={record} />
          </Container>
          <Container header={<Header variant="h2">{t("why")}</Header>}>
            <Why eventId={id} />
          </Container>
          <Container header={<Header variant="h2">{t("record")}</Header>}>
            <JsonEditor readOnly value={prettyJson(event.data.CloudTrailEvent ?? "")} ariaLabel={t("record")} minLines={10} maxLines={60} />
          </Container>
        </SpaceBetween>
      ) : null}
      <CliPanel commands={[cli("cloudtrail", "LookupEvents", input), `garrison explain ${id}`]} />
    </Page>
  );
}

function Facts({ event, record }: { event: Event; record: EventRecord }) {
  const t = useText(strings);
  const by = (attribute: string, value: string | undefined, shown = value) =>
    value ? (
      <Link to={withQuery(to("cloudtrail"), { by: attribute, value })}>
        <Name>{shown}</Name>
      </Link>
    ) : (
      "—"
    );
  return (
    <SpaceBetween size="m">
    <KeyValues
      columns={3}
      facts={[
        [t("when"), <Time key="when" at={record.eventTime} />],
        [t("who"), by("Username", event.Username, caller(record))],
        [t("userType"), record.userIdentity?.type],
        [t("what"), by("EventName", record.eventName)],
        [t("service"), by("EventSource", record.eventSource)],
        [t("outcome"), record.errorCode ? <StatusIndicator key="outcome" type="error">{record.errorCode}</StatusIndicator> : <StatusIndicator key="outcome">{t("done")}</StatusIndicator>],
        [t("where"), <Name key="where">{record.sourceIPAddress}</Name>],
        [t("region"), record.awsRegion],
        [t("which"), event.Resources?.length ? event.Resources.map(({ ResourceName: name = "" }) => <div key={name}>{by("ResourceName", name)}</div>) : undefined],
        [t("userAgent"), <Name key="agent">{record.userAgent}</Name>],
        [t("requestId"), <Name key="request">{record.requestID}</Name>],
      ]}
    />
    {record.errorMessage ? <KeyValues columns={1} facts={[[t("message"), <bdi key="message">{record.errorMessage}</bdi>]]} /> : null}
    </SpaceBetween>
  );
}
