// The public facts that the server tells before anyone signs in.
import { createStore, useStore } from "./store";

export interface Provider {
  kind: "saml" | "oidc";
  name: string;
  arn: string;
  url: string;
}

export interface Settings {
  /** The origin of the API. */
  endpoint: string;
  region: string;
  regions: string[];
  account: string;
  version: string;
  providers: Provider[];
}

const known = createStore<Settings | undefined>(undefined);

export function keepSettings(settings: Settings): void {
  known.set(settings);
}

export function settings(): Settings {
  const value = known.get();
  if (!value) throw new Error("The settings are not loaded yet.");
  return value;
}

export function useSettings(): Settings {
  useStore(known);
  return settings();
}
