// How a host stands: a sign and a word.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { hostStrings } from "./strings";

const SIGNS = {
  ENROLLED: "success",
  INVITED: "pending",
  REVOKED: "stopped",
  SCANNED: "info",
} as const satisfies Record<string, StatusIndicatorProps.Type>;
type Known = keyof typeof SIGNS;

function isKnown(status: string): status is Known {
  return status in SIGNS;
}

export function HostStatus({ children }: { children: string | undefined }) {
  const t = useText(hostStrings);
  if (!children || !isKnown(children)) return <>{children ?? "—"}</>;
  return <StatusIndicator type={SIGNS[children]}>{t(children)}</StatusIndicator>;
}
