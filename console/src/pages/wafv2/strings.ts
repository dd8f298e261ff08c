// Texts of the WAF pages.
import { texts } from "@/i18n";
import { en } from "./en";
import { zh } from "./zh";

export const strings = texts({ en, zh });
