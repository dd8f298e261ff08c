// Inspector Classic, which no SDK client knows any more: lists give ARNs, a few of which at a time are described.
import { INSPECTOR_CLASSIC, jsonCall } from "@/session";

export interface Target {
  arn: string;
  name: string;
  resourceGroupArn?: string;
  createdAt: number;
}

export interface Template {
  arn: string;
  name: string;
  assessmentTargetArn: string;
  durationInSeconds: number;
  rulesPackageArns: string[];
  lastAssessmentRunArn?: string;
  assessmentRunCount: number;
  createdAt: number;
}

export interface Run {
  arn: string;
  name: string;
  assessmentTemplateArn: string;
  state: string;
  durationInSeconds: number;
  rulesPackageArns: string[];
  createdAt: number;
  startedAt?: number;
  completedAt?: number;
  stateChanges: { state: string; stateChangedAt: number }[];
  findingCounts: Record<string, number>;
}

export interface ClassicFinding {
  arn: string;
  id: string;
  title: string;
  description: string;
  recommendation: string;
  severity: string;
  confidence: number;
  assetAttributes?: { agentId?: string; hostname?: string; ipv4Addresses?: string[] };
  attributes: { key: string; value?: string }[];
  serviceAttributes?: { assessmentRunArn?: string; rulesPackageArn?: string };
  createdAt: number;
}

export interface RulesPackage {
  arn: string;
  name: string;
  version: string;
  description?: string;
}

export interface RunAgent {
  agentId: string;
  agentHealth: string;
  agentHealthCode: string;
  agentHealthDetails?: string;
}

export interface Exclusion {
  arn: string;
  title: string;
  description: string;
  recommendation: string;
  scopes?: { key: string; value?: string }[];
}

const MOST_DESCRIBED = 10;
const PAGE = 50;

export function classic<A>(operation: string, input: object, signal?: AbortSignal): Promise<A> {
  return jsonCall<A>(INSPECTOR_CLASSIC, operation, input, signal);
}

/** Describe things by their ARNs; what is gone meanwhile is left out. */
async function described<T>(operation: string, input: string, output: string, arns: string[], signal: AbortSignal): Promise<T[]> {
  const found: T[] = [];
  for (let start = 0; start < arns.length; start += MOST_DESCRIBED) {
    const answer = await classic<Record<string, T[] | undefined>>(operation, { [input]: arns.slice(start, start + MOST_DESCRIBED) }, signal);
    found.push(...(answer[output] ?? []));
  }
  return found;
}

export interface Asked {
  token: string | undefined;
  signal: AbortSignal;
}

/** Lists a kind of things: `list(input, asked)` gives a page of them, described. */
function lister<T>(kind: string, plural: string) {
  const one = plural.slice(0, -1);
  const member = `${one.charAt(0).toLowerCase()}${one.slice(1)}Arns`;
  const describe = (arns: string[], signal: AbortSignal) =>
    described<T>(`Describe${plural}`, member, `${plural.charAt(0).toLowerCase()}${plural.slice(1)}`, arns, signal);
  const list = async (input: object, { token, signal }: Asked) => {
    const answer = await classic<Record<string, unknown>>(`List${kind}`, { ...input, maxResults: PAGE, ...(token ? { nextToken: token } : {}) }, signal);
    return { items: await describe((answer[member] ?? []) as string[], signal), next: answer["nextToken"] as string | undefined };
  };
  /** Every one there is, for a choice among them. */
  const all = async (input: object, signal: AbortSignal): Promise<T[]> => {
    const found: T[] = [];
    let token: string | undefined;
    do {
      const page = await list(input, { token, signal });
      found.push(...page.items);
      token = page.next;
    } while (token);
    return found;
  };
  return { describe, list, all };
}

export const targets = lister<Target>("AssessmentTargets", "AssessmentTargets");
export const templates = lister<Template>("AssessmentTemplates", "AssessmentTemplates");
export const runs = lister<Run>("AssessmentRuns", "AssessmentRuns");
export const findings = lister<ClassicFinding>("Findings", "Findings");
export const rulesPackages = lister<RulesPackage>("RulesPackages", "RulesPackages");

export async function exclusionsOf(run: string, signal: AbortSignal): Promise<Exclusion[]> {
  const { exclusionArns } = await classic<{ exclusionArns: string[] }>("ListExclusions", { assessmentRunArn: run, maxResults: PAGE }, signal);
  if (exclusionArns.length === 0) return [];
  const answer = await classic<{ exclusions: Record<string, Exclusion> }>("DescribeExclusions", { exclusionArns }, signal);
  return Object.values(answer.exclusions);
}

const ENDED = new Set(["COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "ERROR", "CANCELED"]);

export function isOver(run: Run | undefined): boolean {
  return run !== undefined && ENDED.has(run.state);
}
