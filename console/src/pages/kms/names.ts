// What aliases and origins of keys are called.
import type { OriginType } from "@aws-sdk/client-kms";
import type { Say } from "@/i18n";
import type { strings } from "./strings";

/** An alias without the word that all begin with. */
export function aliasName(alias: string): string {
  return alias.replace(/^alias\//, "");
}

/** Where a key's material came from. */
export function originText(t: Say<keyof typeof strings.en>, origin: OriginType | undefined): string | undefined {
  return origin && t(origin);
}
