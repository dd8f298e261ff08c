// Documents as they are on the wire, and as the SDK wants them: search strings are bytes there and base64 here.

export type Json = null | boolean | number | string | Json[] | Document;
export interface Document {
  [name: string]: Json;
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** A document for the SDK. Throws where a search string is no base64. */
export function toSdk<T>(value: unknown, name = ""): T {
  if (name === "SearchString" && typeof value === "string") return fromBase64(value) as T;
  if (Array.isArray(value)) return value.map((one) => toSdk<unknown>(one)) as T;
  if (value === null || typeof value !== "object") return value as T;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toSdk<unknown>(one, key)])) as T;
}

/** What the SDK gave, as a document. */
export function fromSdk<T>(value: unknown): T {
  if (value instanceof Uint8Array) return toBase64(value) as T;
  if (Array.isArray(value)) return value.map((one) => fromSdk<unknown>(one)) as T;
  if (value === null || typeof value !== "object") return value as T;
  const members = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(members.map(([key, one]) => [key, fromSdk<unknown>(one)])) as T;
}

/** A search string as text; undefined where it is none. */
export function textOf(base64: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(fromBase64(base64));
  } catch {
    return undefined;
  }
}

export function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function documentOf(value: Json | undefined): Document {
  return isDocument(value) ? value : {};
}

export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

export function stringOf(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A document with some members changed; those that are undefined are taken away. */
export function changed(document: Document, members: Record<string, Json | undefined>): Document {
  const merged = Object.entries({ ...document, ...members }).filter((one): one is [string, Json] => one[1] !== undefined);
  return Object.fromEntries(merged);
}
