// An error of a call, as AWS names it, with its request id; a refusal is explained.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { failureOf } from "@/session";
import { Denied } from "./Denied";
import { isDenied } from "./explain";
import { strings } from "./strings";

interface Properties {
  /** What was thrown; nothing is shown for undefined. */
  error: unknown;
  onRetry?: () => void;
  /** One line that opens: for a part of a page that goes on without it. */
  compact?: boolean;
}

export function ErrorAlert({ error, onRetry, compact = false }: Properties) {
  if (error === undefined || error === null) return null;
  return compact ? <Line error={error} {...(onRetry ? { onRetry } : {})} /> : <Whole error={error} {...(onRetry ? { onRetry } : {})} />;
}

function Line({ error, onRetry }: Properties) {
  const t = useText(strings);
  const [isOpen, setOpen] = useState(false);
  const word = isDenied(error) ? t("deniedShort") : t("failed");
  return (
    <ExpandableSection
      headerText={<StatusIndicator type="error">{word}</StatusIndicator>}
      expanded={isOpen}
      onChange={({ detail }) => {
        setOpen(detail.expanded);
      }}
    >
      {isOpen ? <Whole error={error} {...(onRetry ? { onRetry } : {})} /> : null}
    </ExpandableSection>
  );
}

function Whole({ error, onRetry }: Properties) {
  const t = useText(strings);
  const failure = failureOf(error);
  if (isDenied(error)) return <Denied key={failure.requestId ?? failure.message} failure={failure} {...(onRetry ? { onRetry } : {})} />;
  const unreachable = failure.status === undefined && error instanceof TypeError;
  return (
    <Alert
      type="error"
      header={unreachable ? t("unreachable") : <bdi>{failure.code}</bdi>}
      action={onRetry ? <Button onClick={onRetry}>{t("retry")}</Button> : undefined}
    >
      <bdi>{unreachable ? t("unreachableText") : failure.message || t("failed")}</bdi>
      {failure.requestId ? (
        <Box variant="small" display="block">
          {t("requestId")}: <code>{failure.requestId}</code>
        </Box>
      ) : null}
    </Alert>
  );
}
