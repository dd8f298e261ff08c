// An editor of JSON, SQL or YAML with line numbers, completion and marks; loaded when a page first shows one.
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense } from "react";
import type { EditorProperties } from "./types";

const Editor = lazy(() => import("./Editor"));

export function CodeEditor(properties: EditorProperties) {
  return (
    <Suspense fallback={<Spinner />}>
      <Editor {...properties} />
    </Suspense>
  );
}

/** An editor of a JSON document; marks what is no JSON by itself. */
export function JsonEditor(properties: Omit<EditorProperties, "language">) {
  return <CodeEditor {...properties} language="json" />;
}

/** A document's text, laid out; the text itself where it is no JSON. */
export function prettyJson(document: unknown): string {
  if (typeof document !== "string") return JSON.stringify(document, null, 2) ?? "";
  try {
    return JSON.stringify(JSON.parse(document), null, 2);
  } catch {
    return document;
  }
}
