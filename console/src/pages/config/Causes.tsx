// The calls behind a change, as CloudTrail tells of them.
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type Called, Name, useCall } from "@/kit";
import { Link, to } from "@/router";
import { useClient } from "@/session";

export interface Cause {
  id: string;
  /** Unknown where CloudTrail keeps the event no longer. */
  name?: string | undefined;
  who?: string | undefined;
}

const AT_ONCE = 4;
const MOST = 100;

/** The events of these ids, as far as they are found. */
export function useCauses(ids: string[]): Called<Map<string, Cause>> {
  const cloudtrail = useClient(CloudTrailClient);
  const wanted = [...new Set(ids)].slice(0, MOST);
  return useCall(
    async (abortSignal) => {
      const found = new Map<string, Cause>();
      const look = async (id: string) => {
        const LookupAttributes = [{ AttributeKey: "EventId" as const, AttributeValue: id }];
        const [event] = (await cloudtrail.send(new LookupEventsCommand({ LookupAttributes }), { abortSignal })).Events ?? [];
        if (event) found.set(id, { id, name: event.EventName, who: event.Username });
      };
      for (let at = 0; at < wanted.length; at += AT_ONCE) await Promise.all(wanted.slice(at, at + AT_ONCE).map(look));
      return found;
    },
    [cloudtrail, wanted.join()],
  );
}

export function Causes({ causes }: { causes: Cause[] }) {
  if (causes.length === 0) return <>—</>;
  return (
    <SpaceBetween size="xxs">
      {causes.map(({ id, name }) => (
        <Link key={id} to={to("cloudtrail", "events", id)}>
          <Name>{name ?? id}</Name>
        </Link>
      ))}
    </SpaceBetween>
  );
}
