// Routes of a page: patterns such as `/topics/:arn` and the views they show.
import type { ComponentType } from "react";

type ParameterOf<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParameterOf<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

export interface Route {
  pattern: string;
  View: ComponentType<Record<string, string>>;
}

/** A view under a pattern; the parts after `:` are its properties, unescaped. */
export function route<const P extends string>(pattern: P, View: ComponentType<{ [K in ParameterOf<P>]: string }>): Route {
  return { pattern, View: View as unknown as Route["View"] };
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

/** A part of an address as its name reads. */
export function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The values of a pattern's parameters in a path, or undefined where it is another path. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = partsOf(pattern);
  const given = partsOf(path);
  if (wanted.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) values[part.slice(1)] = unescaped(value);
    else if (part !== value) return undefined;
  }
  return values;
}
