// How a host stands: a sign and a word.
import { useText } from "@/i18n";
import { type Sign, StatusWord } from "@/kit";
import { hostStrings } from "./strings";

const SIGNS = {
  ENROLLED: "success",
  INVITED: "pending",
  REVOKED: "stopped",
  SCANNED: "info",
} as const satisfies Record<string, Sign>;

export function HostStatus({ children }: { children: string | undefined }) {
  return (
    <StatusWord signs={SIGNS} say={useText(hostStrings)}>
      {children}
    </StatusWord>
  );
}
