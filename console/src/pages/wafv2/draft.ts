// The draft of a web ACL or a rule group, which the visual editor and the JSON editor share.
import type { Mark } from "@/kit";
import { type Document, fromBase64, isDocument, type Json } from "./wire";

export interface Rule {
  Name: string;
  Priority: number;
  Statement: Document;
  Action?: Document;
  OverrideAction?: Document;
  RuleLabels?: Json;
  VisibilityConfig: Document;
  [name: string]: Json | undefined;
}

export interface Draft {
  DefaultAction?: Document;
  Rules: Rule[];
  VisibilityConfig: Document;
  [name: string]: Json | Rule[] | undefined;
}

const MEMBERS = [
  "DefaultAction",
  "Rules",
  "VisibilityConfig",
  "CustomResponseBodies",
  "CaptchaConfig",
  "ChallengeConfig",
  "TokenDomains",
  "AssociationConfig",
  "DataProtectionConfig",
  "ApplicationConfig",
];

/** What can be changed of a web ACL or rule group, its rules in order. */
export function draftOf(shown: Document): Draft {
  const members = MEMBERS.filter((name) => shown[name] !== undefined).map((name) => [name, shown[name]]);
  const draft = { Rules: [], ...Object.fromEntries(members) } as unknown as Draft;
  return { ...draft, Rules: inOrder(draft.Rules) };
}

export function inOrder(rules: Rule[]): Rule[] {
  return [...rules].sort((one, other) => one.Priority - other.Priority);
}

/** A rule moved by so many places: the priorities stay where they are. */
export function moved(rules: Rule[], index: number, by: number): Rule[] {
  const order = [...rules];
  const [taken] = order.splice(index, 1);
  if (!taken) return rules;
  order.splice(index + by, 0, taken);
  return order.map((rule, place) => ({ ...rule, Priority: rules[place]?.Priority ?? place }));
}

export function visibility(metric: string): Document {
  return { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: metric };
}

/** A rule that counts what a statement matches, after those that are there. */
export function newRule(rules: Rule[], statement: Document): Rule {
  const names = new Set(rules.map(({ Name }) => Name));
  let number = rules.length + 1;
  while (names.has(`rule-${number}`)) number += 1;
  const Name = `rule-${number}`;
  const Priority = Math.max(-1, ...rules.map((rule) => rule.Priority)) + 1;
  const does = isGroup(statement) ? { OverrideAction: { None: {} } } : { Action: { Block: {} } };
  return { Name, Priority, Statement: statement, ...does, VisibilityConfig: visibility(Name) };
}

/** Whether a statement refers to a group of rules, which act by themselves. */
export function isGroup(statement: Document): boolean {
  return "ManagedRuleGroupStatement" in statement || "RuleGroupReferenceStatement" in statement;
}

/** The one member that says what kind a statement or an action is. */
export function kindOf(union: Document | undefined): string {
  return Object.keys(union ?? {})[0] ?? "";
}

export interface Parsed {
  draft?: Draft;
  marks: Mark[];
}

/** What is wrong with a rule, as far as it can be told without the server. */
function wrongWith(rule: unknown): string | undefined {
  if (!isDocument(rule)) return "object";
  if (typeof rule["Name"] !== "string") return "Name";
  if (typeof rule["Priority"] !== "number") return "Priority";
  if (!isDocument(rule["Statement"]) || Object.keys(rule["Statement"]).length !== 1) return "Statement";
  if (!isDocument(rule["VisibilityConfig"])) return "VisibilityConfig";
  return undefined;
}

/** The draft of a text, or where it is wrong. */
export function parseDraft(text: string, say: (what: string) => string): Parsed {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (problem) {
    return { marks: [jsonMark(text, problem instanceof Error ? problem.message : "JSON")] };
  }
  if (!isDocument(given) || !Array.isArray(given["Rules"])) return { marks: [mark(text, '"Rules"', say("Rules"))] };
  for (const rule of given["Rules"]) {
    const wrong = wrongWith(rule);
    if (wrong) return { marks: [mark(text, isDocument(rule) ? `"${String(rule["Name"])}"` : '"Rules"', say(wrong))] };
  }
  const bad = /"SearchString"\s*:\s*"([^"]*)"/g;
  for (const found of text.matchAll(bad)) if (!isBase64(found[1] ?? "")) return { marks: [mark(text, found[0], say("SearchString"))] };
  return { draft: given as unknown as Draft, marks: [] };
}

function isBase64(text: string): boolean {
  try {
    fromBase64(text);
    return true;
  } catch {
    return false;
  }
}

/** A mark in the first line that has a word. */
export function mark(text: string, word: string, message: string): Mark {
  const at = Math.max(text.indexOf(word), 0);
  return { severity: "error", message, line: text.slice(0, at).split("\n").length };
}

/** Where a text stops being JSON. */
export function jsonMark(text: string, message: string): Mark {
  const position = /position (\d+)/.exec(message)?.[1];
  const at = position === undefined ? text.length : Number(position);
  const before = text.slice(0, at).split("\n");
  return { severity: "error", message, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
