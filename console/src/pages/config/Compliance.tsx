// Whether something complies: a sign and a word.
import { useText } from "@/i18n";
import { type Sign, StatusWord } from "@/kit";
import { strings } from "./strings";

const SIGNS = {
  COMPLIANT: "success",
  NON_COMPLIANT: "error",
  NOT_APPLICABLE: "not-started",
  INSUFFICIENT_DATA: "pending",
} as const satisfies Record<string, Sign>;

export type Verdict = keyof typeof SIGNS;
export const VERDICTS = Object.keys(SIGNS) as Verdict[];

export function isVerdict(word: string | undefined): word is Verdict {
  return word !== undefined && word in SIGNS;
}

export function Compliance({ children }: { children: string | undefined }) {
  return (
    <StatusWord signs={SIGNS} say={useText(strings)}>
      {children}
    </StatusWord>
  );
}
