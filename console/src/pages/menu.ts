// What a page says of itself before it is loaded: where it is, and its lines in the navigation.
import type { Both } from "@/i18n";
import type { Route } from "@/router";

export type Section = "top" | "people" | "watch" | "posture" | "protect" | "notify" | "build" | "account";

export interface MenuLink {
  /** An address of the console. */
  to: string;
  title: Both;
}

export interface PageEntry {
  /** The first part of the page's addresses. */
  path: string;
  section: Section;
  title: Both;
  /** Its own pages, under its title. */
  links?: MenuLink[];
  /** The same in every region, as IAM is. */
  global?: boolean;
  load: () => Promise<{ default: Route[] }>;
}
