// What changed between two documents, line by line; long stretches that are the same are left out.
import Box from "@cloudscape-design/components/box";
import { useMemo } from "react";
import { useText } from "@/i18n";
import { diffLines, type DiffLine } from "./diff";
import { prettyJson } from "./editor/CodeEditor";
import { strings } from "./strings";
import "./kit.css";

const AROUND = 3;
const SIGN = { same: "  ", added: "+ ", removed: "- " };

function near(lines: DiffLine[]): (DiffLine | undefined)[] {
  const kept = lines.map((_, index) => lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind !== "same"));
  return lines.flatMap((line, index) => (kept[index] ? [line] : kept[index - 1] ? [undefined] : []));
}

/** Documents are texts or values; their keys are not put in order. */
export function JsonDiff({ before, after }: { before: unknown; after: unknown }) {
  const t = useText(strings);
  const lines = useMemo(() => diffLines(prettyJson(before), prettyJson(after)), [before, after]);
  if (lines.every(({ kind }) => kind === "same")) return <Box color="text-body-secondary">{t("same")}</Box>;
  return (
    <pre className="g-code">
      {near(lines).map((line, index) =>
        line ? (
          <DiffText key={index} line={line} />
        ) : (
          <div key={index} aria-hidden="true">
            ⋯
          </div>
        ),
      )}
    </pre>
  );
}

function DiffText({ line: { kind, text } }: { line: DiffLine }) {
  const words = SIGN[kind] + text;
  if (kind === "added") return <ins className="g-diff-line g-diff-added">{words}</ins>;
  if (kind === "removed") return <del className="g-diff-line g-diff-removed">{words}</del>;
  return <div>{words}</div>;
}
