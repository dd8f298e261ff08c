// A rule that is being written: as the form has it, as PutConfigRule takes it, as a replay does.
import type { ConfigRule, MaximumExecutionFrequency } from "@aws-sdk/client-config-service";
import type { ManagedRule } from "./catalogue";

export const FREQUENCIES: MaximumExecutionFrequency[] = ["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"];

export interface Draft {
  kind: "AWS" | "CUSTOM_POLICY";
  name: string;
  description: string;
  identifier: string;
  /** A managed rule's parameters; empty ones are left at their default. */
  values: Record<string, string>;
  types: string[];
  frequency: string;
  policy: string;
}

const POLICY = `# Each rule of the policy is asked of every resource of the types above.
rule versioned when resourceType == "AWS::S3::Bucket" {
  supplementaryConfiguration.BucketVersioningConfiguration.status == "Enabled" <<turn versioning on>>
}
`;

export function emptyDraft(identifier: string): Draft {
  return { kind: "AWS", name: nameFor(identifier), description: "", identifier, values: {}, types: [], frequency: "", policy: POLICY };
}

/** What AWS's console calls a managed rule: `s3-bucket-versioning-enabled`. */
export function nameFor(identifier: string): string {
  return identifier.toLowerCase().replaceAll("_", "-");
}

function readValues(text: string | undefined): Record<string, string> {
  const given = JSON.parse(text || "{}") as Record<string, unknown>;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]));
}

export function draftOf(rule: ConfigRule, policy: string): Draft {
  return {
    kind: rule.Source?.Owner === "CUSTOM_POLICY" ? "CUSTOM_POLICY" : "AWS",
    name: rule.ConfigRuleName ?? "",
    description: rule.Description ?? "",
    identifier: rule.Source?.SourceIdentifier ?? "",
    values: readValues(rule.InputParameters),
    types: rule.Scope?.ComplianceResourceTypes ?? [],
    frequency: rule.MaximumExecutionFrequency ?? "",
    policy,
  };
}

function given(draft: Draft): Record<string, string> {
  return Object.fromEntries(Object.entries(draft.values).filter(([, value]) => value !== ""));
}

export function configRuleOf(draft: Draft): ConfigRule {
  const values = given(draft);
  const isManaged = draft.kind === "AWS";
  return {
    ConfigRuleName: draft.name,
    ...(draft.description ? { Description: draft.description } : {}),
    ...(draft.types.length > 0 ? { Scope: { ComplianceResourceTypes: draft.types } } : {}),
    Source: isManaged
      ? { Owner: "AWS", SourceIdentifier: draft.identifier }
      : { Owner: "CUSTOM_POLICY", CustomPolicyDetails: { PolicyRuntime: "guard-2.x.x", PolicyText: draft.policy } },
    ...(Object.keys(values).length > 0 ? { InputParameters: JSON.stringify(values) } : {}),
    ...(isManaged && draft.frequency ? { MaximumExecutionFrequency: draft.frequency as MaximumExecutionFrequency } : {}),
  };
}

/** What StartReplay takes of a rule of Config. */
export function replayDocument(draft: Draft): string {
  const rule = draft.kind === "AWS" ? { Identifier: draft.identifier } : { Policy: draft.policy };
  return JSON.stringify({ ...rule, Parameters: given(draft), ...(draft.types.length > 0 ? { ResourceTypes: draft.types } : {}) });
}

export function isComplete(draft: Draft, managed: ManagedRule | undefined): boolean {
  if (draft.kind === "CUSTOM_POLICY") return draft.policy.trim() !== "" && draft.types.length > 0;
  return managed !== undefined && managed.parameters.every(({ name, isRequired }) => !isRequired || Boolean(draft.values[name]));
}
