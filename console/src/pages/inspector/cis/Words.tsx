// How scans, hosts of them and checks stand: a sign and a word each.
import { useText } from "@/i18n";
import { type Sign, StatusWord } from "@/kit";
import { cisStrings } from "./strings";

const SCANS = { IN_PROGRESS: "in-progress", COMPLETED: "success", FAILED: "error", CANCELLED: "stopped", TIMED_OUT: "warning" } as const satisfies Record<string, Sign>;
const RESULTS = { FAILED: "error", PASSED: "success", SKIPPED: "stopped" } as const satisfies Record<string, Sign>;

/** Of a scan, or of a host's part in it. */
export function ScanStatus({ children }: { children: string | undefined }) {
  const t = useText(cisStrings);
  return (
    <StatusWord signs={SCANS} say={(word) => t(word === "FAILED" ? "FAILED_SCAN" : word)}>
      {children}
    </StatusWord>
  );
}

/** Of a check. */
export function Result({ children }: { children: string | undefined }) {
  return (
    <StatusWord signs={RESULTS} say={useText(cisStrings)}>
      {children}
    </StatusWord>
  );
}
