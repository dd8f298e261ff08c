// What Access Analyzer says of a document while it is typed.
import { AccessAnalyzerClient, ValidatePolicyCommand, type ValidatePolicyCommandInput, type ValidatePolicyFinding } from "@aws-sdk/client-accessanalyzer";
import { useEffect, useMemo, useState } from "react";
import { type Called, type Mark, useCall } from "@/kit";
import { useClient } from "@/session";

const PAUSE_MILLISECONDS = 400;
const SEVERITY = { ERROR: "error", SECURITY_WARNING: "warning", WARNING: "warning", SUGGESTION: "info" } as const;

export type PolicyType = "IDENTITY_POLICY" | "RESOURCE_POLICY";

/** Validate a text whenever it has not changed for a moment. */
export function useValidation(text: string, policyType: PolicyType, resourceType?: "AWS::IAM::AssumeRolePolicyDocument"): Called<ValidatePolicyFinding[]> {
  const analyzer = useClient(AccessAnalyzerClient);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(text);
    }, PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return useCall(
    async (abortSignal) => {
      if (settled.trim() === "") return [];
      const found: ValidatePolicyFinding[] = [];
      const input: ValidatePolicyCommandInput = { policyDocument: settled, policyType, ...(resourceType ? { validatePolicyResourceType: resourceType } : {}) };
      do {
        const answer = await analyzer.send(new ValidatePolicyCommand(input), { abortSignal });
        found.push(...(answer.findings ?? []));
        input.nextToken = answer.nextToken;
      } while (input.nextToken);
      return found;
    },
    [settled, policyType, resourceType],
  );
}

export function lineOf(finding: ValidatePolicyFinding): number | undefined {
  return finding.locations?.[0]?.span?.start?.line;
}

/** Findings as the editor marks them; the API counts columns from 0. */
export function useMarks(findings: ValidatePolicyFinding[] | undefined): Mark[] {
  return useMemo(
    () =>
      (findings ?? []).flatMap((finding) =>
        (finding.locations ?? []).map(({ span }): Mark => ({
          severity: SEVERITY[finding.findingType ?? "SUGGESTION"],
          message: finding.findingDetails ?? "",
          line: span?.start?.line ?? 1,
          column: (span?.start?.column ?? 0) + 1,
          endLine: span?.end?.line ?? 1,
          endColumn: (span?.end?.column ?? 0) + 1,
        })),
      ),
    [findings],
  );
}
