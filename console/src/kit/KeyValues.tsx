// Facts of one thing, in columns.
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import type { ReactNode } from "react";

export function KeyValues({ columns = 3, facts }: { columns?: 1 | 2 | 3 | 4; facts: [label: string, value: ReactNode][] }) {
  return (
    <KeyValuePairs
      columns={columns}
      items={facts.map(([label, value]) => ({ label, value: value === undefined || value === null || value === "" ? "—" : value }))}
    />
  );
}
