// What Garrison's own operations tell of advice.
import { type Language } from "@/preferences";
import { to } from "@/router";
import { garrisonCall } from "@/session";

export const CATEGORIES = ["cost_optimizing", "performance", "fault_tolerance", "security", "service_limits"] as const;
export type Category = (typeof CATEGORIES)[number];

/** How it stands with a check. */
export interface Standing {
  CheckId: string;
  Name: string;
  ChineseName: string;
  Category: Category;
  /** Whether it is Garrison's own, which AWS has not. */
  Ours: boolean;
  Status: string;
  /** Why it is not available. */
  Reason?: string;
  /** Seconds since 1970. */
  RefreshedAt?: number;
  Ok: number;
  Warnings: number;
  Errors: number;
  Excluded: number;
  Unseen: number;
  MonthlySavings?: number;
}

export interface Advice {
  Advice: Standing[];
  MonthlySavings?: number;
  MonthlySaved?: number;
  PricesAt?: string;
}

/** A refresh of an account's checks. */
export interface Run {
  RunId: number;
  Origin: string;
  StartedAt: number;
  EndedAt?: number;
  Checks: number;
  Flagged: number;
  MonthlySavings?: number;
  Found: number;
  Fixed: number;
  Returned: number;
  MonthlySaved?: number;
}

export interface Runs {
  Runs: Run[];
  MonthlySaved?: number;
  NextToken?: string;
}

/** What became of a resource in a run. */
export interface Turn {
  RunId: number;
  CheckId: string;
  Kind: "found" | "fixed" | "returned" | "changed";
  ResourceId: string;
  Arn?: string;
  Region?: string;
  Was?: string;
  Status?: string;
  MonthlySavings?: number;
  At: number;
}

/** A check that was never refreshed. */
export function neverRefreshed(id: string, name: string, category: string): Standing {
  const counts = { Ok: 0, Warnings: 0, Errors: 0, Excluded: 0, Unseen: 0 };
  return { CheckId: id, Name: name, ChineseName: name, Category: category as Category, Ours: false, Status: "not_available", ...counts };
}

export function listAdvice(signal: AbortSignal): Promise<Advice> {
  return garrisonCall<Advice>("ListAdvice", {}, signal);
}

export function nameOf(check: Standing, language: Language): string {
  return language === "zh" ? check.ChineseName || check.Name : check.Name;
}

export function checkPage(id: string): string {
  return to("trustedadvisor", "checks", id);
}

/** Milliseconds, as dates have them, of seconds, as Garrison's answers do. */
export function moment(seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(seconds * 1000);
}
