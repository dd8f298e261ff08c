// "You are not allowed to do this": which statement said so, or which permission is missing, and whom to ask.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { type Failure, useSession } from "@/session";
import { useSettings } from "@/settings";
import { Command } from "./CliPanel";
import { type Explanation, explainRequest, readRefusal, type Refused } from "./explain";
import { Edits } from "./explained/Edits";
import { Statements } from "./explained/Statements";
import { strings as explained } from "./explained/strings";
import { strings } from "./strings";
import { useCall } from "./useCall";

export function Denied({ failure, onRetry }: { failure: Failure; onRetry?: () => void }) {
  const t = useText(strings);
  const why = useCall(
    async (signal) => (failure.requestId ? explainRequest(failure.requestId, signal) : []),
    [failure.requestId],
  );
  const refused = readRefusal(failure.message);
  return (
    <Alert type="error" header={t("denied")} action={onRetry ? <Button onClick={onRetry}>{t("retry")}</Button> : undefined}>
      <SpaceBetween size="s">
        <bdi>{failure.message}</bdi>
        {why.loading ? <StatusIndicator type="loading">{t("deniedAsking")}</StatusIndicator> : null}
        {why.data?.map((one, index) => <Why key={index} explanation={one} />)}
        {why.error !== undefined && refused ? <Ask refused={refused} /> : null}
        {failure.requestId ? (
          <Box variant="small">
            {t("requestId")}: <code>{failure.requestId}</code>
          </Box>
        ) : null}
      </SpaceBetween>
    </Alert>
  );
}

function Why({ explanation }: { explanation: Explanation }) {
  const t = useText(strings);
  const e = useText(explained);
  const denying = explanation.DecidingStatements.filter((one) => one.Effect === "Deny");
  const edits = explanation.Changes?.[0]?.Edits ?? [];
  return (
    <SpaceBetween size="xs">
      <Box variant="h4" tagOverride="h3">
        {t("deniedWhy")}
      </Box>
      <bdi>{explanation.Reason}</bdi>
      {denying.length === 0 ? <span>{t("deniedNothing")}</span> : <Statements statements={denying} />}
      {edits.length > 0 ? (
        <ExpandableSection headerText={e("change")}>
          <Edits edits={edits} />
        </ExpandableSection>
      ) : null}
    </SpaceBetween>
  );
}

/** For whoever may not ask Explain: the words to send to an administrator. */
function Ask({ refused }: { refused: Refused }) {
  const t = useText(strings);
  const { account } = useSettings();
  const { person } = useSession();
  const statement = { Effect: "Allow", Action: refused.action, Resource: refused.resource };
  return (
    <SpaceBetween size="xs">
      <span>{t("deniedAsk")}</span>
      <bdi>{t("deniedAskWho", { account: person?.account ?? account, ...refused })}</bdi>
      <Box variant="h4" tagOverride="h3">
        {t("deniedStatementToAdd")}
      </Box>
      <Command>{JSON.stringify(statement, null, 2)}</Command>
    </SpaceBetween>
  );
}
