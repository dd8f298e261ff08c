// The state of a run: a sign and a word.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { classicStrings } from "./strings";

const SIGNS = {
  CREATED: "pending",
  START_DATA_COLLECTION_PENDING: "pending",
  START_DATA_COLLECTION_IN_PROGRESS: "in-progress",
  COLLECTING_DATA: "in-progress",
  STOP_DATA_COLLECTION_PENDING: "in-progress",
  DATA_COLLECTED: "in-progress",
  START_EVALUATING_RULES_PENDING: "in-progress",
  EVALUATING_RULES: "in-progress",
  COMPLETED: "success",
  COMPLETED_WITH_ERRORS: "warning",
  FAILED: "error",
  ERROR: "error",
  CANCELED: "stopped",
} as const satisfies Record<string, StatusIndicatorProps.Type>;
type Known = keyof typeof SIGNS;

function isKnown(state: string): state is Known {
  return state in SIGNS;
}

export function RunState({ children }: { children: string | undefined }) {
  const t = useText(classicStrings);
  if (!children || !isKnown(children)) return <>{children ?? "—"}</>;
  return <StatusIndicator type={SIGNS[children]}>{t(children)}</StatusIndicator>;
}
