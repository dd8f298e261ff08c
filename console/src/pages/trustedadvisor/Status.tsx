// The status of a check or of a resource: a sign and a word.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { strings } from "./strings";

const SIGNS = { ok: "success", warning: "warning", error: "error", not_available: "stopped" } as const satisfies Record<string, StatusIndicatorProps.Type>;
type Known = keyof typeof SIGNS;

function isKnown(status: string): status is Known {
  return status in SIGNS;
}

export function Status({ children }: { children: string | undefined }) {
  const t = useText(strings);
  if (!children) return <>—</>;
  return isKnown(children) ? <StatusIndicator type={SIGNS[children]}>{t(children)}</StatusIndicator> : <>{children}</>;
}

/** For sorting: what is worst comes first. */
export function rank(status: string): number {
  return ["error", "warning", "not_available", "ok"].indexOf(status);
}
