// How grave a finding is: a sign and a word.
import { useText } from "@/i18n";
import { type Sign, StatusWord } from "@/kit";
import { strings } from "./strings";

const SIGNS = {
  CRITICAL: "error",
  HIGH: "error",
  MEDIUM: "warning",
  LOW: "info",
  INFORMATIONAL: "info",
  UNTRIAGED: "pending",
} as const satisfies Record<string, Sign>;

/** For sorting: the gravest first. */
export function rank(severity: string | undefined): number {
  const at = Object.keys(SIGNS).indexOf((severity ?? "").toUpperCase());
  return at < 0 ? Infinity : at;
}

/** A severity of either Inspector: `HIGH`, or `High` as the older one says it. */
export function Severity({ children }: { children: string | undefined }) {
  return (
    <StatusWord signs={SIGNS} say={useText(strings)}>
      {children?.toUpperCase()}
    </StatusWord>
  );
}
