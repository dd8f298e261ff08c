// The text of an event: a long one is cut, and opens.
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { prettyJson } from "@/kit";
import "./logs.css";

const LONGEST = 160;

export function Message({ text }: { text: string }) {
  if (text.length <= LONGEST && !text.includes("\n")) return <bdi className="cw-message">{text}</bdi>;
  const [line = ""] = text.slice(0, LONGEST).split("\n");
  return (
    <ExpandableSection variant="inline" headerText={`${line} …`}>
      <pre className="cw-message">{text.startsWith("{") ? prettyJson(text) : text}</pre>
    </ExpandableSection>
  );
}
