// A change of policies that would turn a decision: each edit with its lines that go and come.
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import type { ExplainedEdit } from "../explain";
import { strings as kit } from "../strings";
import { strings } from "./strings";
import "../kit.css";

export function Edits({ edits }: { edits: ExplainedEdit[] }) {
  return (
    <SpaceBetween size="s">
      {edits.map((edit, index) => (
        <Edit key={index} edit={edit} />
      ))}
    </SpaceBetween>
  );
}

function Edit({ edit: { Diff, Document, Summary } }: { edit: ExplainedEdit }) {
  const t = useText(strings);
  const k = useText(kit);
  return (
    <div>
      <SpaceBetween direction="horizontal" size="xxs" alignItems="center">
        <bdi className="g-sentence">{Summary}</bdi>
        {Document ? (
          <CopyToClipboard variant="icon" textToCopy={Document} copyButtonAriaLabel={t("copyPolicy")} copySuccessText={k("copied")} copyErrorText={k("copyFailed")} />
        ) : null}
      </SpaceBetween>
      <pre className="g-code">
        {Diff.map((line, index) => (
          <Line key={index} line={line} />
        ))}
      </pre>
    </div>
  );
}

/** A line of a unified diff. Its two headers name files, which policies are not. */
function Line({ line }: { line: string }) {
  if (/^(---|\+\+\+|@@)/.test(line)) return null;
  if (line.startsWith("+")) return <ins className="g-diff-line g-diff-added">{line}</ins>;
  if (line.startsWith("-")) return <del className="g-diff-line g-diff-removed">{line}</del>;
  return <div>{line || " "}</div>;
}
