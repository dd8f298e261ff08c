// What CloudTrail recorded last: who is active, and what was changed.
import { CloudTrailClient, type Event, LookupEventsCommand, type LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { useText } from "@/i18n";
import { type Called, Name, PlainTable, Time, useCall } from "@/kit";
import { Link, to, withQuery } from "@/router";
import { useClient } from "@/session";
import { eventPage, readRecord, withoutAccount } from "../cloudtrail/record";
import { EVERY, MOST_ROWS } from "./limits";
import { HIDDEN, isOfService, type Person, peopleOf } from "./people";
import { strings } from "./strings";

const MOST_EVENTS = 200;
const PAGE = 50;
const MOST_CHANGES = 12;

async function latest(cloudtrail: CloudTrailClient, input: LookupEventsCommandInput, abortSignal: AbortSignal): Promise<Event[]> {
  const events: Event[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await cloudtrail.send(new LookupEventsCommand({ ...input, MaxResults: PAGE, NextToken }), { abortSignal });
    events.push(...(answer.Events ?? []));
    NextToken = answer.NextToken;
  } while (NextToken && events.length < MOST_EVENTS);
  return events;
}

export function useRecentEvents(): Called<Event[]> {
  const cloudtrail = useClient(CloudTrailClient);
  return useCall(
    (abortSignal) => latest(cloudtrail, {}, abortSignal),
    [cloudtrail],
    { every: EVERY },
  );
}

export function ActivePeople({ events }: { events: Called<Event[]> }) {
  const t = useText(strings);
  return (
    <PlainTable<Person>
      title={t("active")}
      {...(events.data ? { description: t("activeText", { count: events.data.length }) } : {})}
      items={peopleOf(events.data ?? []).slice(0, MOST_ROWS)}
      loading={events.loading}
      error={events.error}
      onReload={events.reload}
      id={(person) => person.name}
      columns={[
        { id: "who", header: t("who"), cell: (person) => <Who name={person.name} /> },
        { id: "calls", isNumber: true, header: t("calls"), cell: (person) => person.calls },
        { id: "refused", isNumber: true, header: t("refused"), cell: (person) => person.refused },
        { id: "last", header: t("last"), cell: (person) => <Time ago at={person.last} /> },
        { id: "from", header: t("from"), cell: (person) => <Name>{person.from.join(", ")}</Name> },
      ]}
      empty={{ title: t("noActive"), text: t("noActiveText") }}
    />
  );
}

function Who({ name }: { name: string }) {
  const t = useText(strings);
  return (
    <Link to={withQuery(to("cloudtrail"), { by: "Username", value: name })}>
      <Name>{name === HIDDEN ? t("unknownUser") : name}</Name>
    </Link>
  );
}

export function LastChanges() {
  const t = useText(strings);
  const cloudtrail = useClient(CloudTrailClient);
  const changes = useCall(
    async (abortSignal) => {
      const LookupAttributes = [{ AttributeKey: "ReadOnly" as const, AttributeValue: "false" }];
      return (await latest(cloudtrail, { LookupAttributes }, abortSignal)).filter((event) => !isOfService(readRecord(event.CloudTrailEvent))).slice(0, MOST_CHANGES);
    },
    [cloudtrail],
    { every: EVERY },
  );
  return (
    <PlainTable<Event>
      title={t("changes")}
      items={changes.data ?? []}
      loading={changes.loading}
      error={changes.error}
      onReload={changes.reload}
      id={(event) => event.EventId ?? ""}
      columns={[
        { id: "when", header: t("when"), cell: (event) => <Time at={event.EventTime} /> },
        { id: "who", header: t("who"), cell: (event) => <Name>{event.Username === HIDDEN ? t("unknownUser") : event.Username}</Name> },
        {
          id: "what",
          header: t("what"),
          cell: (event) => (
            <Link to={eventPage(event.EventId ?? "")}>
              <Name>{event.EventName}</Name>
            </Link>
          ),
        },
        { id: "which", header: t("which"), cell: (event) => <Name>{event.Resources?.map(({ ResourceName = "" }) => withoutAccount(ResourceName)).join(", ")}</Name> },
      ]}
      empty={{ title: t("noChanges"), text: t("noChangesText") }}
    />
  );
}
