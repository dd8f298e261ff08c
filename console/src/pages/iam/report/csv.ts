// Comma-separated values (RFC 4180), as far as the credential report has them.

/** The rows of a table whose first line has the names of its columns. */
export function readCsv(text: string): Record<string, string>[] {
  const [columns = [], ...lines] = text.split(/\r?\n/).filter(Boolean).map(fieldsOf);
  return lines.map((fields) => Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? ""])));
}

function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}
