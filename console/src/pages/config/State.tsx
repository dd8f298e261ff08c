// A state as the API words it, in the reader's words: of a resource, a rule, a pack or a delivery.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { strings } from "./strings";

const SIGNS = {
  OK: "success",
  ResourceDiscovered: "success",
  ResourceNotRecorded: "stopped",
  ResourceDeleted: "stopped",
  ResourceDeletedNotRecorded: "stopped",
  ACTIVE: "success",
  EVALUATING: "in-progress",
  DELETING: "in-progress",
  DELETING_RESULTS: "in-progress",
  CREATE_IN_PROGRESS: "in-progress",
  CREATE_COMPLETE: "success",
  CREATE_FAILED: "error",
  DELETE_IN_PROGRESS: "in-progress",
  DELETE_FAILED: "error",
  Success: "success",
  Failure: "error",
  Pending: "pending",
} as const satisfies Record<string, StatusIndicatorProps.Type>;

function isKnown(state: string): state is keyof typeof SIGNS {
  return state in SIGNS;
}

export function State({ children }: { children: string | undefined }) {
  const t = useText(strings);
  if (!children) return <>—</>;
  return isKnown(children) ? <StatusIndicator type={SIGNS[children]}>{t(children)}</StatusIndicator> : <bdi>{children}</bdi>;
}
