// What mends a finding: each line in words, and the command that does it, to be copied alone.
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Command } from "@/kit";

/** "Update to … or later: COMMAND", as the server tells it. */
const TOLD = /^(.+ or later): (.+)$/;

export function Remedy({ text }: { text: string }) {
  return (
    <SpaceBetween size="xs">
      {text.split("\n").map((line) => {
        const [, words = line, command] = TOLD.exec(line) ?? [];
        return (
          <div key={line}>
            <bdi>{words}</bdi>
            {command ? <Command>{command}</Command> : null}
          </div>
        );
      })}
    </SpaceBetween>
  );
}
