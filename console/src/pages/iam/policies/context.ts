// Condition values as people write them: `aws:SourceIp=203.0.113.9`, one a line.
import type { ContextEntry, ContextKeyTypeEnum } from "@aws-sdk/client-iam";

function typeOf(key: string, value: string): ContextKeyTypeEnum {
  if (/^aws:(SourceIp|VpcSourceIp)$/i.test(key)) return "ip";
  if (/^(true|false)$/i.test(value)) return "boolean";
  if (/^\d+(\.\d+)?$/.test(value)) return "numeric";
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return "date";
  return "string";
}

/** A key that is written several times has several values. */
export function valuesByKey(lines: string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of lines) {
    const [key = "", ...rest] = line.split("=");
    const name = key.trim();
    if (name) found.set(name, [...(found.get(name) ?? []), rest.join("=").trim()]);
  }
  return found;
}

export function contextOf(lines: string[]): ContextEntry[] {
  return [...valuesByKey(lines)].map(([key, values]) => {
    const type = typeOf(key, values[0] ?? "");
    const isList = values.length > 1;
    return { ContextKeyName: key, ContextKeyValues: values, ContextKeyType: isList ? (`${type}List` as ContextKeyTypeEnum) : type };
  });
}
