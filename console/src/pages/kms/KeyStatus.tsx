// A key's state, in colour and word.
import type { KeyState } from "@aws-sdk/client-kms";
import { useText } from "@/i18n";
import { type Sign, StatusWord } from "@/kit";
import { strings } from "./strings";

const SIGNS: Record<KeyState, Sign> = {
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
  return (
    <StatusWord signs={SIGNS} say={useText(strings)}>
      {state}
    </StatusWord>
  );
}
