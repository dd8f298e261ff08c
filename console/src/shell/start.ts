// The first moments: the server's public facts, then the session.
import { flash } from "@/kit/flash";
import { readSettings, session, startSession } from "@/session";
import { keepSettings } from "@/settings";

// A link that somebody follows from an open page of the console only changes what is behind `#`.
window.addEventListener("hashchange", () => {
  if (window.location.hash.startsWith("#signinToken=")) window.location.reload();
});

let started: Promise<void> | undefined;

async function startOnce(): Promise<void> {
  keepSettings(await readSettings());
  await startSession();
  const { phase, note } = session.get();
  if (phase === "signedIn" && note) flash("warning", note);
}

export function start(): Promise<void> {
  started ??= startOnce();
  return started;
}
