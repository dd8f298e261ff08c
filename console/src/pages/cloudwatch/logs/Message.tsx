// The text of an event: a long one is cut, and opens.
import { prettyJson } from "@/kit";
import "./logs.css";

const LONGEST = 160;

export function Message({ text }: { text: string }) {
  if (text.length <= LONGEST && !text.includes("\n")) return <bdi className="cw-message">{text}</bdi>;
  const [line = ""] = text.slice(0, LONGEST).split("\n");
  return (
    <details>
      <summary className="cw-message">
        <bdi>{line} …</bdi>
      </summary>
      <pre className="cw-message">{text.startsWith("{") ? prettyJson(text) : text}</pre>
    </details>
  );
}
