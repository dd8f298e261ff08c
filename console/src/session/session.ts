// The signed-in session: credentials in memory only, renewed by the cookie; the role that a person switched to.
import { createStore, useStore } from "@/store";
import * as endpoints from "./endpoints";
import { takeToken } from "./errand";
import { assume } from "./roles";
import { serverNow } from "./serverClock";
import type { Answer, Credentials, Identity, Role, SignInForm } from "./types";

/** A sign-in that a link brought, which nobody here asked for: the person says whether it shall be. */
export interface Offer {
  token: string;
  identity: Identity;
  /** Who is signed in here, and would be no longer. */
  present?: Identity;
}

export interface SessionState {
  phase: "starting" | "offered" | "signedOut" | "signedIn";
  offer?: Offer;
  /** Who signed in. */
  person?: Identity;
  /** The role that calls are made as, where it is not the person's own identity. */
  role?: Role;
  /** The session has ended while pages are open: a dialog asks to sign in again. */
  expired: boolean;
  /** Who signed in in another tab meanwhile: this one's pages do not become theirs unasked. */
  elsewhere?: Identity;
  /** What became of a link that should have signed somebody in, in the server's words. */
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

/** At the page's start: redeem a sign-in token that this browser asked for, offer another, renew by the cookie, or ask to sign in. */
export async function startSession(): Promise<void> {
  const brought = takeToken();
  if (brought?.isOwn) return redeem(brought.token);
  const present = await endpoints.renew();
  if (!brought) return begin(present);
  const { identity, message } = await endpoints.offerOf(brought.token);
  if (!identity) return begin(present, message);
  const offer = { token: brought.token, identity, ...(present.kind === "signedIn" ? { present: present.identity } : {}) };
  session.set({ phase: "offered", offer, expired: false });
}

/** Sign in by the offered token. */
export async function acceptOffer({ token }: Offer): Promise<void> {
  await redeem(token);
}

/** Stay who one is, or go to the sign-in page. */
export async function declineOffer(): Promise<void> {
  begin(await endpoints.renew());
}

async function redeem(signinToken: string): Promise<void> {
  const answer = await endpoints.signIn({ signinToken });
  if (answer.kind === "signedIn") begin(answer);
  else begin(await endpoints.renew(), answer.message);
}

function begin(answer: Answer, note?: string): void {
  const noted = note ? { note } : {};
  if (answer.kind !== "signedIn") {
    session.set({ phase: "signedOut", expired: false, ...noted });
    return;
  }
  const role = rememberedRole(answer.identity);
  session.set({ phase: "starting", expired: false, ...(role ? { role } : {}) });
  accept(answer);
  change(noted);
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
  if (!(await goOn()))
    await new Promise<void>((resolve) => {
      signedInAgain = resolve;
      change({ expired: true });
    });
  if (!own) throw new Error("Nobody is signed in.");
  return own;
}

/** Go on with the browser's session, where it is this person's. */
async function goOn(): Promise<boolean> {
  const answer = await endpoints.renew();
  if (answer.kind !== "signedIn") return false;
  const { person } = session.get();
  const isSame = person === undefined || person.arn === answer.identity.arn;
  if (isSame) accept(answer);
  else change({ elsewhere: answer.identity });
  return isSame;
}

// Whoever signs in again in another tab has done it for this one, too.
window.addEventListener("storage", ({ key }) => {
  if (key === endpoints.RENEWAL_KEY && session.get().expired) void goOn();
});

/** What a call was refused for is its credentials' end: have others next time. */
export async function replaceCredentials(): Promise<void> {
  assumed = undefined;
  await renewCredentials();
}

/** The role that a person switched to in this tab before it was loaded anew. */
function rememberedRole({ arn }: Identity): Role | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(ROLE_KEY) ?? "null") as { by: string; role: Role } | null;
    return kept?.by === arn ? kept.role : undefined;
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
  sessionStorage.setItem(ROLE_KEY, JSON.stringify({ by: session.get().person?.arn, role }));
  change({ role });
}

export function switchBack(): void {
  forgetRole();
  const state = { ...session.get() };
  delete state.role;
  session.set(state);
}
