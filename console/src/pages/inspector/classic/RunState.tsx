// The state of a run: a sign and a word.
import { useText } from "@/i18n";
import { type Sign, StatusWord } from "@/kit";
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
} as const satisfies Record<string, Sign>;

export function RunState({ children }: { children: string | undefined }) {
  return (
    <StatusWord signs={SIGNS} say={useText(classicStrings)}>
      {children}
    </StatusWord>
  );
}
