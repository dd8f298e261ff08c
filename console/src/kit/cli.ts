// The aws command that does what a button does.
import { cliName } from "@/session";

const PLAIN = /^[\w@%+=:,./-]+$/;
/** Members that are secrets: the panel shows that they are there, not what they are. */
const SECRET = /^(Password|NewPassword|OldPassword|SecretAccessKey|PrivateKey|Plaintext|CiphertextBlob|HeaderValue|ClientSecret)$/i;

function quoted(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function json(value: unknown): string {
  return JSON.stringify(value, (key, one: unknown) => (SECRET.test(key) ? "…" : one));
}

function valueOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return "fileb://FILE";
  if (Array.isArray(value)) {
    const isFlat = value.every((one) => typeof one === "string" || typeof one === "number");
    return isFlat ? value.map((one) => quoted(String(one))).join(" ") : quoted(json(value));
  }
  return quoted(typeof value === "object" ? json(value) : String(value));
}

/** `cli("iam", "create-user", { UserName: "alice" })` is `aws iam create-user --user-name alice`. */
export function cli(service: string, operation: string, input: object = {}): string {
  const words = ["aws", service, cliName(operation)];
  for (const [name, value] of Object.entries(input) as [string, unknown][]) {
    if (value === undefined || value === null) continue;
    const option = cliName(name);
    if (value === true) words.push(`--${option}`);
    else if (value === false) words.push(`--no-${option}`);
    else words.push(`--${option}`, SECRET.test(name) ? "'…'" : valueOf(value));
  }
  return words.join(" ");
}
