// Where matched bytes stand in a request, though they were matched after decoding.

interface Decoded {
  text: string;
  /** For each letter of the text, where it begins and ends in what was sent. */
  spans: [start: number, end: number][];
}

function decoded(raw: string): Decoded {
  const spans: Decoded["spans"] = [];
  let text = "";
  for (let at = 0; at < raw.length; ) {
    const escape = /^%([0-9a-f]{2})/i.exec(raw.slice(at, at + 3));
    const length = escape ? 3 : 1;
    const letter = escape ? String.fromCharCode(Number.parseInt(escape[1] ?? "0", 16)) : raw[at] === "+" ? " " : (raw[at] ?? "");
    text += letter;
    spans.push([at, at + length]);
    at += length;
  }
  return { text, spans };
}

/** The text in pieces: those that were matched, and those that were not. */
export function pieces(raw: string, matched: string[]): { text: string; hit: boolean }[] {
  const hits = new Array<boolean>(raw.length).fill(false);
  for (const needle of matched.filter(Boolean)) {
    const plain = { text: raw, spans: [...raw].length === raw.length ? Array.from(raw, (_, at): [number, number] => [at, at + 1]) : [] };
    for (const { text, spans } of [plain, decoded(raw), twice(raw)]) {
      if (spans.length !== text.length) continue;
      const found = occurrences(text.toLowerCase(), needle.toLowerCase());
      for (const at of found) hits.fill(true, spans[at]?.[0] ?? 0, spans[at + needle.length - 1]?.[1] ?? 0);
      if (found.length > 0) break;
    }
  }
  const parts: { text: string; hit: boolean }[] = [];
  for (let at = 0; at < raw.length; at += 1) {
    const last = parts.at(-1);
    const hit = hits[at] ?? false;
    if (last?.hit === hit) last.text += raw[at] ?? "";
    else parts.push({ text: raw[at] ?? "", hit });
  }
  return parts;
}

/** Decoded two times, as attackers encode. */
function twice(raw: string): Decoded {
  const once = decoded(raw);
  const again = decoded(once.text);
  return { text: again.text, spans: again.spans.map(([start, end]) => [once.spans[start]?.[0] ?? 0, once.spans[end - 1]?.[1] ?? 0]) };
}

function occurrences(text: string, needle: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(needle); at >= 0 && found.length < 20; at = text.indexOf(needle, at + needle.length)) found.push(at);
  return found;
}
