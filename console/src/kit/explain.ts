// Why a call was refused, by Garrison's own Explain; and what the refusal itself tells.
import { failureOf, garrisonCall, ServiceError } from "@/session";

export interface ExplainedCondition {
  Operator: string;
  Key: string;
  PolicyValues: string[];
  ActualValues?: string[];
  Matched: boolean;
}

export interface ExplainedStatement {
  Policy: string;
  PolicyType: string;
  Index: number;
  Effect: string;
  Sid?: string;
  StartLine?: number;
  EndLine?: number;
  Conditions?: ExplainedCondition[];
}

/** What one kind of policy said. */
export interface ExplainedStage {
  PolicyType: string;
  Said: "allows" | "denies" | "silent" | "absent";
  Policies?: string[];
  Statements?: ExplainedStatement[];
}

export interface ExplainedEdit {
  PolicyType: string;
  Policy: string;
  Summary: string;
  /** Lines of a unified diff. */
  Diff: string[];
  /** The policy as it would be; not there where it goes away. */
  Document?: string;
}

export interface Explanation {
  Principal?: string;
  Action: string;
  Resource: string;
  Decision: string;
  Reason: string;
  DecidingStatements: ExplainedStatement[];
  /** What each kind of policy said, in the order in which they are asked. */
  Way?: ExplainedStage[];
  /** A recorded call would be decided otherwise by now. */
  HasChanged?: boolean;
  Changes?: { Edits: ExplainedEdit[] }[];
}

export const DENIED = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError|AuthorizationErrorException|NotAuthorized)$/;
const TRIES = 12;
const PAUSE_MILLISECONDS = 400;

/** The explanations of a refused call. Its record may be written a moment later: then it is asked for again. */
export async function explainRequest(requestId: string, signal: AbortSignal): Promise<Explanation[]> {
  for (let tries = 1; ; tries++) {
    try {
      const answer = await garrisonCall<{ Explanations?: Explanation[] }>("Explain", { RequestId: requestId }, signal);
      return (answer.Explanations ?? []).filter((one) => one.Decision !== "allowed");
    } catch (error) {
      const isRecorded = failureOf(error).code !== "ResourceNotFoundException";
      if (isRecorded || tries === TRIES || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  }
}

export interface Refused {
  arn: string;
  action: string;
  resource: string;
}

/** What AWS's sentence of a refusal names: "User: … is not authorized to perform: … on resource: …". */
export function readRefusal(message: string): Refused | undefined {
  const found = /^User: (\S+) is not authorized to perform: (\S+)(?: on resource: (\S+))?/.exec(message);
  if (!found) return undefined;
  return { arn: found[1] ?? "", action: found[2] ?? "", resource: found[3] ?? "*" };
}

export function isDenied(error: unknown): boolean {
  return error instanceof ServiceError || error instanceof Error ? DENIED.test(failureOf(error).code) : false;
}
