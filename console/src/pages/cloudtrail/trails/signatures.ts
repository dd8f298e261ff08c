// RSA signatures of digests, verified by the browser itself.

const SPKI_ALGORITHM = Uint8Array.from([0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00]);
const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** A length as DER writes it. */
function derLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left >>= 8) bytes.unshift(left & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [tag, ...derLength(length)];
  const whole = new Uint8Array(head.length + length);
  whole.set(head);
  let at = head.length;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A key as ListPublicKeys gives it (PKCS#1), made ready. */
export function importKey(pkcs1: Uint8Array): Promise<CryptoKey> {
  const spki = der(0x30, SPKI_ALGORITHM, der(0x03, Uint8Array.of(0), pkcs1));
  return crypto.subtle.importKey("spki", spki as BufferSource, ALGORITHM, false, ["verify"]);
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function isSigned(key: CryptoKey, signature: string, text: string): Promise<boolean> {
  return crypto.subtle.verify(ALGORITHM, key, fromHex(signature) as BufferSource, new TextEncoder().encode(text));
}
