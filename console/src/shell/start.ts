// The first moments: the server's public facts, then the session.
import { readSettings, startSession } from "@/session";
import { keepSettings } from "@/settings";

let started: Promise<void> | undefined;

async function startOnce(): Promise<void> {
  keepSettings(await readSettings());
  await startSession();
}

export function start(): Promise<void> {
  started ??= startOnce();
  return started;
}
