// Inspector's findings: how many are open, and how many were on each day before.
import { type Finding, Inspector2Client, ListFindingsCommand } from "@aws-sdk/client-inspector2";
import { type Called, useCall } from "@/kit";
import { useClient } from "@/session";
import { EVERY } from "./limits";

const MOST_FINDINGS = 2000;
const PAGE = 100;
export const DAYS = 30;
const DAY = 86_400_000;

export interface Findings {
  open: number;
  critical: number;
  high: number;
  isWhole: boolean;
  count: number;
  days: { at: Date; grave: number; others: number }[];
}

export function useFindings(): Called<Findings> {
  const inspector = useClient(Inspector2Client);
  return useCall(
    async (abortSignal) => {
      const found: Finding[] = [];
      let nextToken: string | undefined;
      do {
        const sortCriteria = { field: "LAST_OBSERVED_AT", sortOrder: "DESC" } as const;
        const answer = await inspector.send(new ListFindingsCommand({ maxResults: PAGE, nextToken, sortCriteria }), { abortSignal });
        found.push(...(answer.findings ?? []));
        nextToken = answer.nextToken;
      } while (nextToken && found.length < MOST_FINDINGS);
      return counted(found, !nextToken, Date.now());
    },
    [inspector],
    { every: 4 * EVERY },
  );
}

function isGrave(finding: Finding): boolean {
  return finding.severity === "CRITICAL" || finding.severity === "HIGH";
}

/** Whether a finding was open at a time: first seen before it, and not closed by then. */
function wasOpen(finding: Finding, at: number): boolean {
  const began = finding.firstObservedAt?.getTime() ?? 0;
  const ended = finding.status === "CLOSED" ? (finding.updatedAt ?? finding.lastObservedAt)?.getTime() : undefined;
  return began <= at && (ended === undefined || ended > at);
}

export function counted(found: Finding[], isWhole: boolean, now: number): Findings {
  const open = found.filter(({ status }) => status === "ACTIVE");
  const days = Array.from({ length: DAYS + 1 }, (_, index) => {
    const at = now - (DAYS - index) * DAY;
    const then = found.filter((one) => one.status !== "SUPPRESSED" && wasOpen(one, at));
    const grave = then.filter(isGrave).length;
    return { at: new Date(at), grave, others: then.length - grave };
  });
  const of = (severity: string) => open.filter((one) => one.severity === severity).length;
  return { open: open.length, critical: of("CRITICAL"), high: of("HIGH"), isWhole, count: found.length, days };
}
