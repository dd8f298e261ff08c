// The session endpoints: the only calls of the console that are not AWS calls, to its own origin, with the cookie.
import { PREFIX } from "@/router";
import type { Settings } from "@/settings";
import { persist, ServiceError } from "./persist";
import { noteDate } from "./serverClock";
import type { Answer, Credentials, Identity, SignInForm } from "./types";

interface Given {
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: string | number };
  identity?: Identity;
  status?: string;
  message?: string;
  changeToken?: string;
  renewalKey?: string;
}

// The cookie alone renews nothing, since other ports of this host are sent it, too: this key is where only this origin reads it.
export const RENEWAL_KEY = "garrison.renewalKey";

const SHORTEST_MILLISECONDS = 8 * 60_000;

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; given: Given }> {
  return persist(async () => {
    const response = await fetch(`${PREFIX}/${path}`, {
      method,
      cache: "no-store",
      credentials: "same-origin",
      headers: method === "GET" ? {} : { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    noteDate(response.headers.get("date"));
    const given = (await response.json().catch(() => ({}))) as Given;
    if (response.status >= 500) throw new ServiceError("ServiceUnavailable", given.message ?? "", response.status);
    return { status: response.status, given };
  });
}

export async function readSettings(): Promise<Settings> {
  return (await ask("GET", "settings.json")).given as unknown as Settings;
}

function credentialsOf(given: NonNullable<Given["credentials"]>): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = given;
  const end = typeof expiration === "number" ? expiration * 1000 : Date.parse(expiration);
  // To a clock that is ahead they would seem to have ended, and be asked for without end.
  const expiresAt = Math.max(end, Date.now() + SHORTEST_MILLISECONDS);
  return { accessKeyId, secretAccessKey, sessionToken, expiresAt };
}

function answerOf({ status, given }: { status: number; given: Given }): Answer {
  if (status === 200 && given.credentials && given.identity)
    return { kind: "signedIn", credentials: credentialsOf(given.credentials), identity: given.identity };
  const message = given.message ?? "";
  if (given.changeToken) return { kind: "mustChange", message, changeToken: given.changeToken };
  return { kind: "refused", message };
}

export async function signIn(form: SignInForm): Promise<Answer> {
  const answer = await ask("POST", "session", form);
  if (answer.given.renewalKey) localStorage.setItem(RENEWAL_KEY, answer.given.renewalKey);
  return answerOf(answer);
}

/** Fresh credentials for the cookie's session. */
export async function renew(): Promise<Answer> {
  const renewalKey = localStorage.getItem(RENEWAL_KEY);
  if (!renewalKey) return { kind: "refused", message: "" };
  return answerOf(await ask("POST", "session/renew", { renewalKey }));
}

/** Whom a sign-in token would sign in, or why nobody. */
export async function offerOf(signinToken: string): Promise<{ identity?: Identity; message: string }> {
  const { given } = await ask("POST", "session/offer", { signinToken });
  return { message: given.message ?? "", ...(given.identity ? { identity: given.identity } : {}) };
}

export async function signOut(): Promise<void> {
  await ask("DELETE", "session");
  localStorage.removeItem(RENEWAL_KEY);
}
