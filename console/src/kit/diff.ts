// The lines that two texts share and those that only one has (Myers, "An O(ND) difference algorithm", by its simplest form).

export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
}

const MOST_LINES = 4000;

/** The difference of two texts, line by line. Texts of more than 4,000 lines are shown whole. */
export function diffLines(before: string, after: string): DiffLine[] {
  const one = before === "" ? [] : before.split("\n");
  const other = after === "" ? [] : after.split("\n");
  if (one.length + other.length > MOST_LINES) return [...whole("removed", one), ...whole("added", other)];
  const table = lengths(one, other);
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < one.length || column < other.length) {
    const left = one[row];
    const right = other[column];
    if (left !== undefined && left === right) {
      lines.push({ kind: "same", text: left });
      row += 1;
      column += 1;
    } else if (right === undefined || (left !== undefined && at(table, row + 1, column) >= at(table, row, column + 1))) {
      lines.push({ kind: "removed", text: left ?? "" });
      row += 1;
    } else {
      lines.push({ kind: "added", text: right });
      column += 1;
    }
  }
  return lines;
}

function whole(kind: DiffLine["kind"], lines: string[]): DiffLine[] {
  return lines.map((text) => ({ kind, text }));
}

function at(table: Uint16Array[], row: number, column: number): number {
  return table[row]?.[column] ?? 0;
}

/** How long the longest common run of lines is from each pair of places on. */
function lengths(one: string[], other: string[]): Uint16Array[] {
  const table = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let row = one.length - 1; row >= 0; row--) {
    const here = table[row]!;
    for (let column = other.length - 1; column >= 0; column--)
      here[column] = one[row] === other[column] ? at(table, row + 1, column + 1) + 1 : Math.max(at(table, row + 1, column), at(table, row, column + 1));
  }
  return table;
}
