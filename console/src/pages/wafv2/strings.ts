// The texts of the WAF pages, a file for each language since there are many.
import { type Say, texts } from "@/i18n";
import { en } from "./en";
import { zh } from "./zh";

export const strings = texts({ en, zh });

/** What a kind, an action or a choice of AWS's documents is called; its own name where there is no other. */
export function wordOf(t: Say<keyof typeof en>, name: string): string {
  return name in en ? t(name as keyof typeof en) : name;
}
