// The lines of a description, which AWS's answers write with a little markup.

export interface Line {
  text: string;
  isHeading: boolean;
}

const TAG = /<\/?[a-z][^<>]{0,200}>/gi;
const BREAK = /<br\s*\/?>|<\/(?:p|h\d|li)>/i;
const HEADING = /^\s*<(b|h\d)>[^<]*(<\/\1>)?\s*$/i;

/** Lines of plain text: breaks make them, other tags are left out; what stands in bold alone is a heading. */
export function linesOf(markup: string): Line[] {
  return markup
    .split(BREAK)
    .map((line) => ({ text: line.replaceAll(TAG, "").trim(), isHeading: HEADING.test(line) }))
    .filter(({ text }) => text !== "");
}
