// How grave a finding is: a sign and a word.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { strings } from "./strings";

const SIGNS = {
  CRITICAL: "error",
  HIGH: "error",
  MEDIUM: "warning",
  LOW: "info",
  INFORMATIONAL: "info",
  UNTRIAGED: "pending",
} as const satisfies Record<string, StatusIndicatorProps.Type>;
type Known = keyof typeof SIGNS;

function isKnown(severity: string): severity is Known {
  return severity in SIGNS;
}

/** A severity of either Inspector: `HIGH`, or `High` as the older one says it. */
export function Severity({ children }: { children: string | undefined }) {
  const t = useText(strings);
  const severity = (children ?? "").toUpperCase();
  return isKnown(severity) ? <StatusIndicator type={SIGNS[severity]}>{t(severity)}</StatusIndicator> : <>{children ?? "—"}</>;
}
