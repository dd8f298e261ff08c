// What the editor proposes in a policy: actions, condition keys, ARNs of resource types, and the grammar's own words.
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { garrisonCall } from "@/session";

interface Key {
  Name: string;
  Type: string;
}

interface Services {
  Services: { Service: string; Title: string }[];
  ConditionKeys: Key[];
}

export interface Reference {
  Actions: { Name: string; AccessLevel: string; Resources: string[]; ConditionKeys: string[] }[];
  Resources: { Name: string; ArnFormat: string; ConditionKeys: string[] }[];
  ConditionKeys: Key[];
}

let services: Promise<Services> | undefined;
const references = new Map<string, Promise<Reference | undefined>>();

/** Asked once; whoever may not ask gets no proposals, and may ask again. */
function knownServices(): Promise<Services> {
  services ??= garrisonCall<Services>("ListServiceReferences", {}).catch(() => {
    services = undefined;
    return { Services: [], ConditionKeys: [] };
  });
  return services;
}

function referenceOf(service: string): Promise<Reference | undefined> {
  const known = references.get(service);
  if (known) return known;
  const asked = garrisonCall<Reference>("GetServiceReference", { Service: service }).catch(() => undefined);
  references.set(service, asked);
  return asked;
}

const ELEMENTS = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];
const COMPARISONS = [
  ...["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"],
  ...["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"],
  ...["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"],
  ...["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"],
];
const OPERATORS = [...COMPARISONS, ...COMPARISONS.slice(0, 6).flatMap((one) => [`ForAnyValue:${one}`, `ForAllValues:${one}`])];

function options(labels: string[], type: string): Completion[] {
  return labels.map((label) => ({ label, type }));
}

async function actions(typed: string): Promise<Completion[]> {
  const [prefix = "", rest] = typed.split(":");
  if (rest === undefined) {
    const { Services: known } = await knownServices();
    return known.map(({ Service, Title }) => ({ label: `${Service}:`, detail: Title, type: "namespace" }));
  }
  const reference = await referenceOf(prefix.toLowerCase());
  return (reference?.Actions ?? []).map(({ Name, AccessLevel }) => ({ label: `${prefix}:${Name}`, detail: AccessLevel, type: "function" }));
}

/** The services that a document's actions are of. */
function servicesIn(document: string): string[] {
  return [...new Set([...document.matchAll(/"([a-z0-9-]+):[A-Za-z*?]+"/g)].map((found) => found[1] ?? ""))].filter((one) => one !== "aws" && one !== "arn");
}

async function conditionKeys(document: string): Promise<Completion[]> {
  const own = await Promise.all(servicesIn(document).map(referenceOf));
  const { ConditionKeys } = await knownServices();
  const keys = [...own.flatMap((reference) => reference?.ConditionKeys ?? []), ...ConditionKeys];
  const byName = new Map(keys.map(({ Name, Type }) => [Name, Type]));
  return [...byName].map(([label, detail]) => ({ label, detail, type: "property" }));
}

async function arns(document: string): Promise<Completion[]> {
  const own = await Promise.all(servicesIn(document).map(referenceOf));
  const formats = own.flatMap((reference) => reference?.Resources ?? []);
  return [{ label: "*", type: "constant" }, ...formats.map(({ Name, ArnFormat }) => ({ label: ArnFormat.replace("${Partition}", "aws"), detail: Name, type: "constant" }))];
}

async function proposals(path: string[], isKey: boolean, typed: string, document: string): Promise<Completion[]> {
  const last = path.at(-1) ?? "";
  const condition = path.lastIndexOf("Condition");
  if (isKey && condition >= 0) {
    const depth = path.length - condition;
    return depth === 1 ? options(OPERATORS, "keyword") : conditionKeys(document);
  }
  if (isKey) return options(path.includes("Statement") ? ELEMENTS : ["Version", "Id", "Statement"], "keyword");
  if (last === "Action" || last === "NotAction") return actions(typed);
  if (last === "Resource" || last === "NotResource") return arns(document);
  if (last === "Effect") return options(["Allow", "Deny"], "constant");
  if (last === "Version") return options(["2012-10-17"], "constant");
  return [];
}

/** The string that is being typed. */
function openString(before: string): { from: number; typed: string } | undefined {
  let start = -1;
  for (let index = 0; index < before.length; index++) {
    if (before[index] === "\\") index += 1;
    else if (before[index] === '"') start = start < 0 ? index : -1;
  }
  return start < 0 ? undefined : { from: start + 1, typed: before.slice(start + 1) };
}

/** CodeMirror's completion source for a policy. */
export async function completePolicy(context: CompletionContext): Promise<CompletionResult | null> {
  const document = context.state.doc.toString();
  const before = document.slice(0, context.pos);
  const open = openString(before);
  if (!open) return null;
  const place = structureAt(before.slice(0, open.from - 1));
  const found = await proposals(place.path, place.isKey, open.typed, document);
  return found.length === 0 ? null : { from: open.from, options: found };
}

interface Structure {
  /** The names of the members around, the outermost first. */
  path: string[];
  /** A member's name is expected here, not a value. */
  isKey: boolean;
}

interface Container {
  isObject: boolean;
  /** The member that is being read. */
  key?: string;
  isValue: boolean;
}

/** Where the end of an unfinished document stands. */
export function structureAt(text: string): Structure {
  const open: Container[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g)) {
    const here = open.at(-1);
    if (token === "{" || token === "[") open.push({ isObject: token === "{", isValue: false });
    else if (token === "}" || token === "]") open.pop();
    else if (token === "," && here) here.isValue = false;
    else if (token === ":" && here) here.isValue = true;
    else if (here?.isObject && !here.isValue) here.key = token.slice(1, -1);
  }
  const path = open.flatMap(({ isValue, key }) => (isValue && key !== undefined ? [key] : []));
  const last = open.at(-1);
  return { path, isKey: last?.isObject === true && !last.isValue };
}
