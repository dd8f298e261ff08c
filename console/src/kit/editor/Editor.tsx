// CodeMirror inside of a shadow root: its style sheets are adopted there, where the page's policy allows no inline style.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { sql } from "@codemirror/lang-sql";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, linter, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { EditorProperties, Mark } from "./types";

const LINE = 20;

// Colours that read on white and on black; the rest is inherited from the page.
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.keyword], color: "light-dark(#0550ae, #79b8ff)" },
  { tag: tags.string, color: "light-dark(#0a5c2f, #8ddb8c)" },
  { tag: [tags.number, tags.bool, tags.null], color: "light-dark(#8a3b00, #ffab70)" },
  { tag: tags.comment, color: "light-dark(#5a6270, #9aa4b2)" },
]);

function look(minLines: number, maxLines: number): Extension {
  return EditorView.theme({
    "&": { border: "1px solid light-dark(#8c8c94, #656871)", borderRadius: "8px", color: "light-dark(#0f141a, #ebebf0)", fontSize: "13px" },
    "&.cm-focused": { outline: "2px solid light-dark(#006ce0, #42b4ff)", outlineOffset: "1px" },
    ".cm-scroller": { minHeight: `${minLines * LINE}px`, maxHeight: `${maxLines * LINE}px`, overflow: "auto", fontFamily: "Monaco, Menlo, Consolas, monospace" },
    ".cm-content": { caretColor: "light-dark(#000, #fff)" },
    ".cm-cursor": { borderLeftColor: "light-dark(#000, #fff)" },
    ".cm-gutters": { backgroundColor: "light-dark(#f6f6f9, #1b232d)", color: "light-dark(#5a6270, #9aa4b2)", border: "none", borderRadius: "8px 0 0 8px" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "light-dark(#0000000a, #ffffff10)" },
    ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "light-dark(#b3d4ff, #33517a)" },
    ".cm-tooltip": { backgroundColor: "light-dark(#fff, #161d26)", color: "inherit", border: "1px solid light-dark(#8c8c94, #656871)" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "light-dark(#006ce0, #33517a)", color: "#fff" },
    ".cm-panels": { backgroundColor: "light-dark(#f6f6f9, #1b232d)", color: "inherit" },
  });
}

function languageOf({ language, tables }: EditorProperties): Extension {
  if (language === "sql") return sql(tables ? { schema: tables, upperCaseKeywords: true } : { upperCaseKeywords: true });
  if (language === "yaml") return yaml();
  return language === "json" ? json() : [];
}

/** Where the text is no JSON. An empty one is none: it means that there is no document. */
function jsonMistakes(editor: EditorView): Diagnostic[] {
  return editor.state.doc.toString().trim() === "" ? [] : jsonParseLinter()(editor);
}

function offset(state: EditorState, line: number, column: number): number {
  const { from, to } = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  return Math.min(from + Math.max(column - 1, 0), to);
}

function diagnosticsOf(state: EditorState, marks: Mark[]): Diagnostic[] {
  return marks.map(({ severity, message, line, column, endLine, endColumn }) => {
    const from = offset(state, line, column ?? 1);
    const to = endLine === undefined && endColumn === undefined ? state.doc.lineAt(from).to : offset(state, endLine ?? line, endColumn ?? 1);
    return { severity, message, from, to: Math.max(from, to) };
  });
}

export default function Editor(properties: EditorProperties) {
  const { value, marks, ariaLabel, readOnly = false, language } = properties;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(properties);
  useEffect(() => {
    latest.current = properties;
  });

  useEffect(() => {
    const host = place.current;
    if (!host) return undefined;
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    const inside = latest.current;
    const { minLines = 6, maxLines = 30, complete } = inside;
    const editor = new EditorView({
      root,
      parent: root,
      doc: inside.value,
      extensions: [
        lineNumbers(),
        foldGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        syntaxHighlighting(colours),
        languageOf(inside),
        autocompletion(complete ? { override: [complete] } : {}),
        ...(language === "json" && !marks ? [linter(jsonMistakes)] : []),
        ...(readOnly ? [] : [lintGutter()]),
        keymap.of([
          { key: "Mod-Enter", run: () => (latest.current.onRun?.(), latest.current.onRun !== undefined) },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...completionKeymap,
          ...lintKeymap,
        ]),
        look(minLines, maxLines),
        EditorView.lineWrapping,
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ "aria-label": ariaLabel, tabindex: "0", ...(readOnly ? { "aria-readonly": "true" } : {}) }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
        }),
      ],
    });
    view.current = editor;
    return () => {
      editor.destroy();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- marks and values are given to the editor below
  }, [ariaLabel, language, readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (editor && marks) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state, marks)));
  }, [marks, value]);

  return <div ref={place} />;
}
