// The lines of a description, which AWS's answers write with a little markup.

const TAG = /<\/?[a-z][^<>]{0,200}>/gi;
const BREAK = /<br\s*\/?>|<\/(?:p|h\d|li)>/i;

/** Lines of plain text: breaks make them, other tags are left out. */
export function plainText(markup: string): string[] {
  return markup
    .split(BREAK)
    .map((line) => line.replaceAll(TAG, "").trim())
    .filter((line) => line !== "");
}
