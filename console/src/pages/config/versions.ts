// A resource's recorded states as values, and what differs between two of them.
import type { ConfigurationItem } from "@aws-sdk/client-config-service";

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What describes a resource in a state. */
export function stateOf(item: ConfigurationItem): object {
  const ties = (item.relationships ?? []).map((tie) => [`${tie.relationshipName ?? ""} ${tie.resourceType ?? ""} ${tie.resourceId ?? ""}`, true]);
  return {
    configuration: parsed(item.configuration) ?? null,
    supplementaryConfiguration: Object.fromEntries(Object.entries(item.supplementaryConfiguration ?? {}).map(([name, text]) => [name, parsed(text)])),
    tags: item.tags ?? {},
    relationships: Object.fromEntries(ties) as object,
  };
}

export interface PropertyChange {
  path: string;
  before: string | undefined;
  after: string | undefined;
}

function leaves(value: unknown, path: string, found: Map<string, string>): Map<string, string> {
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0)
    for (const [name, part] of Object.entries(value)) leaves(part, Array.isArray(value) ? `${path}[${name}]` : path ? `${path}.${name}` : name, found);
  else found.set(path, JSON.stringify(value) ?? "");
  return found;
}

/** The properties in which two states differ; undefined where a state has it not. */
export function changesBetween(before: object, after: object): PropertyChange[] {
  const old = leaves(before, "", new Map());
  const now = leaves(after, "", new Map());
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.filter((path) => old.get(path) !== now.get(path)).map((path) => ({ path, before: old.get(path), after: now.get(path) }));
}
