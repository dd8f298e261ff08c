// The signed-in session: credentials in memory only, renewed by the cookie; the role that a person switched to.
import { createStore, useStore } from "@/store";
import * as endpoints from "./endpoints";
import { assume } from "./roles";
import { serverNow } from "./serverClock";
import type { Answer, Credentials, Identity, Role, SignInForm } from "./types";

export interface SessionState {
  phase: "starting" | "signedOut" | "signedIn";
  /** Who signed in. */
  person?: Identity;
  /** The role that calls are made as, where it is not the person's own identity. */
  role?: Role;
  /** The session has ended while pages are open: a dialog asks to sign in again. */
  expired: boolean;
  /** Why the sign-in page is shown, in the server's words. */
  note?: string;
}

const ROLE_KEY = "garrison.role";
const EARLY = 5 * 60_000; // renewed this long before they end, as the SDKs do

export const session = createStore<SessionState>({ phase: "starting", expired: false });

let own: Credentials | undefined;
let assumed: Credentials | undefined;
let renewing: Promise<Credentials> | undefined;
let assuming: Promise<Credentials> | undefined;
let signedInAgain: (() => void) | undefined;

function change(part: Partial<SessionState>): void {
  session.set({ ...session.get(), ...part });
}

export function useSession(): SessionState {
  return useStore(session);
}

function isFresh(credentials: Credentials | undefined): credentials is Credentials {
  return credentials !== undefined && credentials.expiresAt - serverNow() > EARLY;
}

function accept(answer: Answer & { kind: "signedIn" }): void {
  own = answer.credentials;
  assumed = undefined;
  const { role, person } = session.get();
  const same = person === undefined || person.arn === answer.identity.arn;
  session.set({
    phase: "signedIn",
    person: answer.identity,
    expired: false,
    ...(same && role ? { role } : {}),
  });
  if (!same) forgetRole();
  signedInAgain?.();
  signedInAgain = undefined;
}

/** At the page's start: redeem a sign-in token in the address, or renew by the cookie, or ask to sign in. */
export async function startSession(): Promise<void> {
  const token = takeToken();
  const answer = token ? await endpoints.signIn({ signinToken: token }) : await endpoints.renew();
  if (answer.kind !== "signedIn") {
    session.set({ phase: "signedOut", expired: false, ...(token ? { note: answer.message } : {}) });
    return;
  }
  const role = rememberedRole();
  if (role) session.set({ ...session.get(), role });
  accept(answer);
}

function takeToken(): string | undefined {
  const token = new URLSearchParams(window.location.hash.slice(1)).get("signinToken") ?? undefined;
  if (token) window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return token;
}

export async function signIn(form: SignInForm): Promise<Answer> {
  const answer = await endpoints.signIn(form);
  if (answer.kind === "signedIn") accept(answer);
  return answer;
}

export async function signOut(): Promise<void> {
  await endpoints.signOut();
  own = assumed = undefined;
  forgetRole();
  window.location.reload(); // nothing of the session stays in memory
}

/** Credentials to sign a call with, as the role switched to or else the person. Waits where somebody must sign in again. */
export async function credentials(): Promise<Credentials> {
  const { role } = session.get();
  if (!role) return ownCredentials();
  if (isFresh(assumed)) return assumed;
  assuming ??= assume(role, ownCredentials, personName()).finally(() => {
    assuming = undefined;
  });
  assumed = await assuming;
  return assumed;
}

function personName(): string {
  return session.get().person?.name ?? "console";
}

export async function ownCredentials(): Promise<Credentials> {
  if (isFresh(own)) return own;
  return renewCredentials();
}

/** Fresh credentials of the person's own, by the cookie; once for all who wait. */
export function renewCredentials(): Promise<Credentials> {
  renewing ??= renewOnce().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renewOnce(): Promise<Credentials> {
  const answer = await endpoints.renew();
  if (answer.kind === "signedIn") accept(answer);
  else await askToSignIn();
  if (!own) throw new Error("Nobody is signed in.");
  return own;
}

async function askToSignIn(): Promise<void> {
  await new Promise<void>((resolve) => {
    signedInAgain = resolve;
    change({ expired: true });
  });
}

/** What a call was refused for is its credentials' end: have others next time. */
export async function replaceCredentials(): Promise<void> {
  assumed = undefined;
  await renewCredentials();
}

function rememberedRole(): Role | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(ROLE_KEY) ?? "null") as Role | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function forgetRole(): void {
  assumed = undefined;
  sessionStorage.removeItem(ROLE_KEY);
}

/** Call as a role from now on. Its ARN is remembered in this tab, its credentials are not. */
export async function switchRole(role: Role): Promise<void> {
  assumed = await assume(role, ownCredentials, personName());
  sessionStorage.setItem(ROLE_KEY, JSON.stringify(role));
  change({ role });
}

export function switchBack(): void {
  forgetRole();
  const state = { ...session.get() };
  delete state.role;
  session.set(state);
}
