// What a page says of an editor.
import type { CompletionSource } from "@codemirror/autocomplete";

/** Something to mark in the text; lines and columns count from 1. */
export interface Mark {
  severity: "error" | "warning" | "info" | "hint";
  message: string;
  line: number;
  column?: number;
  /** The end, in the same line where it is left out. */
  endLine?: number;
  endColumn?: number;
}

export interface EditorProperties {
  value: string;
  onChange?: (value: string) => void;
  language: "json" | "sql" | "yaml" | "text";
  /** What the editor is called, to people who hear the page. */
  ariaLabel: string;
  readOnly?: boolean;
  marks?: Mark[];
  /** What to propose where somebody types (CodeMirror's own completion source). */
  complete?: CompletionSource;
  /** Words that SQL proposes: tables with their columns. */
  tables?: Record<string, string[]>;
  /** Called by Ctrl+Enter. */
  onRun?: () => void;
  /** Lines shown at least and at most. */
  minLines?: number;
  maxLines?: number;
}
