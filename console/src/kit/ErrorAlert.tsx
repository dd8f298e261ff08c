// An error of a call, as AWS names it, with its request id; a refusal is explained.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useText } from "@/i18n";
import { failureOf } from "@/session";
import { Denied } from "./Denied";
import { isDenied } from "./explain";
import { strings } from "./strings";

interface Properties {
  /** What was thrown; nothing is shown for undefined. */
  error: unknown;
  onRetry?: () => void;
}

export function ErrorAlert({ error, onRetry }: Properties) {
  const t = useText(strings);
  if (error === undefined || error === null) return null;
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
