// What findings somebody wants to see, as it lies in the address, and as Inspector is asked for it.
import type { FilterCriteria, StringFilter } from "@aws-sdk/client-inspector2";
import { say, sayWord } from "@/i18n";
import { to, usePlace, withQuery } from "@/router";
import { strings } from "./strings";

export const EVERY_STATUS = "ALL";
export const STATUSES = ["ACTIVE", "SUPPRESSED", "CLOSED", EVERY_STATUS] as const;
export const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED"] as const;

export interface Wanted {
  severity: string;
  status: string;
  /** Beginnings of names. */
  host: string;
  package: string;
  cve: string;
}

/** What the address asks for. */
export function useWanted(): Wanted {
  const { query } = usePlace();
  const value = (name: string) => query.get(name) ?? "";
  return { severity: value("severity"), status: value("status") || "ACTIVE", host: value("host"), package: value("package"), cve: value("cve") };
}

/** The address of the findings that fit. */
export function findingsPage(wanted: Partial<Wanted>): string {
  return withQuery(to("inspector"), { ...wanted });
}

function text(value: string, comparison: StringFilter["comparison"]): StringFilter[] | undefined {
  return value ? [{ comparison, value }] : undefined;
}

export function criteriaOf(wanted: Wanted): FilterCriteria {
  return {
    severity: text(wanted.severity, "EQUALS"),
    findingStatus: text(wanted.status === EVERY_STATUS ? "" : wanted.status, "EQUALS"),
    resourceId: text(wanted.host, "PREFIX"),
    vulnerabilityId: text(wanted.cve, "PREFIX"),
    vulnerablePackages: wanted.package ? [{ name: { comparison: "PREFIX", value: wanted.package } }] : undefined,
  };
}

/** What a filter asks for, in words; what there are no words for as the API has it. */
export function criteriaInWords(criteria: FilterCriteria | undefined): string {
  return Object.entries(criteria ?? {})
    .flatMap(([field, wanted]: [string, object[] | undefined]) => (wanted ?? []).map((one) => conditionInWords(field, one)))
    .join("; ");
}

function conditionInWords(field: string, condition: { comparison?: string; value?: string; name?: StringFilter }): string {
  const { comparison, value } = condition.name ?? condition;
  if ((comparison !== "EQUALS" && comparison !== "PREFIX" && comparison !== "NOT_EQUALS") || value === undefined) return `${field} ${JSON.stringify(condition)}`;
  return say(strings, comparison, { field: sayWord(strings, field) ?? field, value: sayWord(strings, value) ?? value });
}
