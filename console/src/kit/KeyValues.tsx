// Facts of one thing, in columns.
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import type { ReactNode } from "react";

/** Narrower ones would break words such as CREATE_COMPLETE. */
const LEAST_WIDTH = 190;

export type Fact = [label: string, value: ReactNode];

export function KeyValues({ columns = 3, facts }: { columns?: 1 | 2 | 3 | 4; facts: Fact[] }) {
  return (
    <KeyValuePairs
      columns={columns}
      minColumnWidth={LEAST_WIDTH}
      items={facts.map(([label, value]) => ({ label, value: value === undefined || value === null || value === "" ? "—" : value }))}
    />
  );
}

/** A fact of which most things have none: left out where it is not known. `facts={[…, ...ifKnown(t("role"), stack.RoleARN, (role) => <Name>{role}</Name>)]}`. */
export function ifKnown<T>(label: string, value: T | undefined, show: (value: T) => ReactNode): Fact[] {
  return value === undefined || value === "" ? [] : [[label, show(value)]];
}
