// Why a recorded call was allowed or refused, by the policies as they are now.
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { Command, ErrorAlert, type Explanation, useCall } from "@/kit";
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
      {why.data?.map((one, index) => <One key={index} explanation={one} />)}
    </SpaceBetween>
  );
}

function One({ explanation }: { explanation: Explanation }) {
  const t = useText(strings);
  const edits = explanation.Changes?.[0]?.Edits ?? [];
  return (
    <SpaceBetween size="xs">
      <StatusIndicator type={explanation.Decision === "allowed" ? "success" : "error"}>
        <bdi>
          {explanation.Action} · {explanation.Resource}
        </bdi>
      </StatusIndicator>
      <bdi>{explanation.Reason}</bdi>
      {explanation.HasChanged ? <StatusIndicator type="warning">{t("decidedOtherwise")}</StatusIndicator> : null}
      {explanation.DecidingStatements.length > 0 ? (
        <ul>
          {explanation.DecidingStatements.map((one) => (
            <li key={`${one.Policy} ${one.Index}`}>
              <bdi>{t("statement", { effect: one.Effect, statement: one.Sid ?? String(one.Index + 1), policy: one.Policy })}</bdi>
            </li>
          ))}
        </ul>
      ) : null}
      {edits.map((edit, index) => (
        <div key={index}>
          <bdi>{edit.Summary}</bdi>
          <Command>{edit.Diff.join("\n")}</Command>
        </div>
      ))}
    </SpaceBetween>
  );
}
