// Why a recorded call was allowed or refused, by the policies as they are now.
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { ErrorAlert, Explained, type Explanation, useCall } from "@/kit";
import { failureOf, garrisonCall } from "@/session";
import { strings } from "./strings";

/** What is no decision of a policy: events of services, sign-ins, records that another account brought. */
const NOTHING_TO_EXPLAIN = new Set(["ResourceNotFoundException", "ValidationException"]);

export function Why({ eventId }: { eventId: string }) {
  const t = useText(strings);
  const why = useCall(
    async (signal) => {
      try {
        return (await garrisonCall<{ Explanations?: Explanation[] }>("Explain", { EventId: eventId }, signal)).Explanations ?? [];
      } catch (error) {
        if (NOTHING_TO_EXPLAIN.has(failureOf(error).code)) return [];
        throw error;
      }
    },
    [eventId],
  );
  return (
    <SpaceBetween size="m">
      <ErrorAlert error={why.error} onRetry={why.reload} />
      {why.loading && !why.data ? <StatusIndicator type="loading">{t("asking")}</StatusIndicator> : null}
      {why.data?.length === 0 ? t("nothingToExplain") : null}
      {why.data?.map((one, index) => <Explained key={index} explanation={one} />)}
    </SpaceBetween>
  );
}
