// Whether something complies: a sign and a word.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { strings } from "./strings";

const SIGNS = {
  COMPLIANT: "success",
  NON_COMPLIANT: "error",
  NOT_APPLICABLE: "not-started",
  INSUFFICIENT_DATA: "pending",
} as const satisfies Record<string, StatusIndicatorProps.Type>;

export type Verdict = keyof typeof SIGNS;
export const VERDICTS = Object.keys(SIGNS) as Verdict[];

export function isVerdict(word: string | undefined): word is Verdict {
  return word !== undefined && word in SIGNS;
}

export function Compliance({ children }: { children: string | undefined }) {
  const t = useText(strings);
  if (!children) return <>—</>;
  return isVerdict(children) ? <StatusIndicator type={SIGNS[children]}>{t(children)}</StatusIndicator> : <bdi>{children}</bdi>;
}
