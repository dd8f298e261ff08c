// The one table of pages.
import type { PageEntry } from "./menu";
import { overview } from "./overview/menu";
import { settings } from "./settings/menu";
import { sns } from "./sns/menu";

export const PAGES: PageEntry[] = [overview, sns, settings];
