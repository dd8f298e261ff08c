// An alarm's state as a sign and a word.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { strings } from "../strings";

export const STATES = ["ALARM", "OK", "INSUFFICIENT_DATA"] as const;
type State = (typeof STATES)[number];

const SIGNS: Record<State, StatusIndicatorProps.Type> = { ALARM: "error", OK: "success", INSUFFICIENT_DATA: "pending" };

export function AlarmState({ state }: { state: State | undefined }) {
  const t = useText(strings);
  if (!state) return <>—</>;
  return <StatusIndicator type={SIGNS[state]}>{t(state)}</StatusIndicator>;
}
