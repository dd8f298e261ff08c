// The managed rules that can be made, generated from the server's code (no API of AWS's lists them). Loaded when first needed.
import { type Called, useCall } from "@/kit";

export interface RuleParameter {
  name: string;
  isRequired: boolean;
  default: string;
}

export interface ManagedRule {
  /** AWS's: `S3_BUCKET_VERSIONING_ENABLED`. */
  identifier: string;
  types: string[];
  isPeriodic: boolean;
  severity: string;
  text: string;
  fix: string;
  parameters: RuleParameter[];
}

export function useCatalogue(): Called<ManagedRule[]> {
  return useCall(async () => (await import("./catalogue.json")).default as ManagedRule[]);
}

export function ruleCalled(catalogue: ManagedRule[] | undefined, identifier: string | undefined): ManagedRule | undefined {
  return catalogue?.find((rule) => rule.identifier === identifier);
}
