// An alarm's state as a sign and a word.
import { useText } from "@/i18n";
import { type Sign, StatusWord } from "@/kit";
import { strings } from "../strings";

export const STATES = ["ALARM", "OK", "INSUFFICIENT_DATA"] as const;
type State = (typeof STATES)[number];

const SIGNS: Record<State, Sign> = { ALARM: "error", OK: "success", INSUFFICIENT_DATA: "pending" };

export function AlarmState({ state }: { state: State | undefined }) {
  return (
    <StatusWord signs={SIGNS} say={useText(strings)}>
      {state}
    </StatusWord>
  );
}
