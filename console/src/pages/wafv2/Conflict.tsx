// Somebody saved meanwhile: what is different, and whose version stays.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { ErrorAlert, JsonDiff, useCall } from "@/kit";
import { strings } from "./strings";

interface Properties {
  /** What was to be saved. */
  mine: unknown;
  /** What is saved now, with its lock token. */
  present: (signal: AbortSignal) => Promise<{ shown: unknown; token: string }>;
  onTheirs: () => void;
  onMine: (token: string) => void;
}

export function Conflict({ mine, present, onTheirs, onMine }: Properties) {
  const t = useText(strings);
  const now = useCall(present, []);
  return (
    <Alert type="warning" header={t("conflict")}>
      <SpaceBetween size="s">
        {t("conflictText")}
        <ErrorAlert error={now.error} onRetry={now.reload} />
        {now.data ? <JsonDiff before={now.data.shown} after={mine} /> : null}
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={onTheirs}>{t("takeTheirs")}</Button>
          <Button
            disabled={!now.data}
            onClick={() => {
              if (now.data) onMine(now.data.token);
            }}
          >
            {t("keepMine")}
          </Button>
        </SpaceBetween>
      </SpaceBetween>
    </Alert>
  );
}
