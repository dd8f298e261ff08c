// The texts of Config's pages, a file for each language since there are many.
import { texts } from "@/i18n";
import { chinese } from "./chinese";
import { english } from "./english";

export const strings = texts({ en: english, zh: chinese });
