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
