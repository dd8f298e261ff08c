// The server's clock: signatures bear its time, since a browser's clock may be wrong by hours.

/** What answers need on their way, and what their second hides, is no difference. */
const NOISE_MILLISECONDS = 5000;

let offset = 0;

/** Learn from the `Date` of an answer that has just come. */
export function noteDate(header: string | null): void {
  const difference = Date.parse(header ?? "") - Date.now();
  if (!Number.isNaN(difference)) offset = Math.abs(difference) > NOISE_MILLISECONDS ? difference : 0;
}

/** Milliseconds that the server is ahead. */
export function clockOffset(): number {
  return offset;
}

/** The server's time, in milliseconds since 1970. */
export function serverNow(): number {
  return Date.now() + offset;
}
