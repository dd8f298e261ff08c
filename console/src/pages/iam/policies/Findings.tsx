// Access Analyzer's findings under the editor.
import type { ValidatePolicyFinding } from "@aws-sdk/client-accessanalyzer";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { type Called, ErrorAlert } from "@/kit";
import { strings } from "../strings/policies";
import { lineOf } from "./validation";

const INDICATOR: Record<string, StatusIndicatorProps.Type> = { ERROR: "error", SECURITY_WARNING: "warning", WARNING: "warning", SUGGESTION: "info" };

export function Findings({ validation }: { validation: Called<ValidatePolicyFinding[]> }) {
  const t = useText(strings);
  const { data = [], error, loading, reload } = validation;
  return (
    <section aria-label={t("findings")} aria-live="polite">
      <SpaceBetween size="xs">
        <ErrorAlert error={error} onRetry={reload} />
        {loading ? <StatusIndicator type="loading">{t("findingsBusy")}</StatusIndicator> : null}
        {!loading && error === undefined && data.length === 0 ? <StatusIndicator>{t("findingsNone")}</StatusIndicator> : null}
        {data.map((finding, index) => (
          <Finding key={index} finding={finding} />
        ))}
      </SpaceBetween>
    </section>
  );
}

function Finding({ finding }: { finding: ValidatePolicyFinding }) {
  const t = useText(strings);
  const type = finding.findingType ?? "SUGGESTION";
  const line = lineOf(finding);
  return (
    <div>
      <StatusIndicator type={INDICATOR[type] ?? "info"}>{t(`finding_${type}`)}</StatusIndicator>{" "}
      <Box variant="span" color="text-body-secondary">
        {finding.issueCode}
        {line === undefined ? "" : ` · ${t("atLine", { line })}`}
      </Box>
      <div>
        <bdi>{finding.findingDetails}</bdi>
      </div>
    </div>
  );
}
