// What Garrison's WhoCan and Explain answer.
import type { ExplainedStatement } from "@/kit";

export interface Step {
  Principal: string;
  Action: string;
  Resource: string;
  Statements?: ExplainedStatement[];
  Context?: Record<string, string[]>;
}

export interface Answer {
  Principal: string;
  Certainty: "allowed" | "conditional" | "unknown";
  Path?: Step[];
  Missing?: string[];
}

export interface WhoCan {
  Answers?: Answer[];
  Missing?: string[];
  NextToken?: string;
}

export interface Stage {
  PolicyType: string;
  Said: "allows" | "denies" | "silent" | "absent";
  Policies?: string[];
  Statements?: ExplainedStatement[];
}

/** "arn:…:policy/x, statement 2 (lines 4–9)" without the words. */
export function statementText({ Policy, Sid, Index, StartLine, EndLine }: ExplainedStatement): string {
  const lines = StartLine ? ` (${StartLine}–${EndLine ?? StartLine})` : "";
  return `${Policy} · ${Sid ?? Index + 1}${lines}`;
}
