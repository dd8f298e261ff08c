// A key's state, in colour and word.
import type { KeyState } from "@aws-sdk/client-kms";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { strings } from "./strings";

const INDICATOR: Record<KeyState, StatusIndicatorProps.Type> = {
  Enabled: "success",
  Disabled: "stopped",
  PendingDeletion: "warning",
  PendingReplicaDeletion: "warning",
  PendingImport: "pending",
  Creating: "in-progress",
  Updating: "in-progress",
  Unavailable: "error",
};

export function KeyStatus({ state }: { state: KeyState | undefined }) {
  const t = useText(strings);
  if (!state) return <>—</>;
  return <StatusIndicator type={INDICATOR[state]}>{t(state)}</StatusIndicator>;
}
