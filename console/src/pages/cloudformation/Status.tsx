// A status of a stack, resource, change set or drift as a sign and AWS's own word.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

const SIGNS: [RegExp, StatusIndicatorProps.Type][] = [
  [/_IN_PROGRESS$|_PENDING$/, "in-progress"],
  [/FAILED$|^DELETED$|UNAVAILABLE$/, "error"],
  [/ROLLBACK|^MODIFIED$|^DRIFTED$|^OBSOLETE$/, "warning"],
  [/^DELETE_COMPLETE$|SKIPPED$|^NOT_CHECKED$|^UNKNOWN$|^REVIEW_IN_PROGRESS$/, "stopped"],
  [/COMPLETE$|^IN_SYNC$|^AVAILABLE$/, "success"],
];

export function Status({ children }: { children: string | undefined }) {
  if (!children) return <>—</>;
  const type = SIGNS.find(([pattern]) => pattern.test(children))?.[1] ?? "info";
  return <StatusIndicator type={type}>{children}</StatusIndicator>;
}

/** Whether something is under way, so that it is worth looking again. */
export function isMoving(status: string | undefined): boolean {
  return status !== undefined && status !== "REVIEW_IN_PROGRESS" && /_IN_PROGRESS$|_PENDING$/.test(status);
}
