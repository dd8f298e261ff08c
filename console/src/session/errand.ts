// The way to an identity provider and back: what this browser remembers of its own question, and where the person was.
import { navigate, place } from "@/router";
import type { Provider } from "@/settings";

interface Errand {
  /** Known to this browser's pages alone. Cookies would not do: other ports of the host can set them. */
  secret: string;
  /** Where the person was, as an address of the console. */
  address: string;
  at: number;
}

/** What a sign-in's last redirect brought. */
export interface Brought {
  token: string;
  /** Whether this browser had asked for it, so that nobody else's identity can be slipped in. */
  isOwn: boolean;
}

const KEY = "garrison.errand";
const HOLDS_MILLISECONDS = 10 * 60_000;

/** The address of a provider's sign-in, after which the person comes back to where they are now. */
export function addressOf(provider: Provider): string {
  const secret = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const { path, query } = place.get();
  const errand: Errand = { secret, address: query.size > 0 ? `${path}?${query.toString()}` : path, at: Date.now() };
  localStorage.setItem(KEY, JSON.stringify(errand));
  // A SAML provider begins by itself and brings nothing along: its answers are asked about.
  return provider.kind === "oidc" ? `${provider.url}&asked=${secret}` : provider.url;
}

/** The sign-in token in the address, which is taken out of it; the page is then where the errand began. */
export function takeToken(): Brought | undefined {
  const brought = new URLSearchParams(window.location.hash.slice(1));
  const token = brought.get("signinToken");
  if (!token) return undefined;
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  const errand = takeErrand();
  if (errand) navigate(errand.address, { replace: true });
  return { token, isOwn: errand !== undefined && brought.get("asked") === errand.secret };
}

function takeErrand(): Errand | undefined {
  const kept = localStorage.getItem(KEY);
  localStorage.removeItem(KEY);
  try {
    const errand = JSON.parse(kept ?? "null") as Errand | null;
    return errand && Math.abs(Date.now() - errand.at) < HOLDS_MILLISECONDS ? errand : undefined;
  } catch {
    return undefined;
  }
}
