// Addresses of Config's pages, and texts in its query language.
import { to, withQuery } from "@/router";

export function resourcePage(type: string, id: string, tab?: string): string {
  return withQuery(to("config", "resources", type, id), { tab });
}

export function rulePage(name: string): string {
  return to("config", "rules", name);
}

export function packPage(name: string): string {
  return to("config", "packs", name);
}

/** A text in a query: `it''s`. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `AWS::S3::Bucket` without the part that all have. */
export function shortType(type: string): string {
  return type.replace(/^AWS::/, "").replaceAll("::", " ");
}
