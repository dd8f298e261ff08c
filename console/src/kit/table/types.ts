// What a page says of a table.
import type { ReactNode } from "react";
import type { LoadPage } from "../pages";

export type Comparable = string | number | boolean | Date | undefined;

export interface Column<T> {
  id: string;
  header: string;
  /** What the column is sorted and filtered by; without it, it is neither. */
  value?: (item: T) => Comparable;
  /** What it is sorted by where that is not its value: a word's rank. */
  order?: (item: T) => Comparable;
  /** What is shown; the value's text where it is left out. */
  cell?: (item: T) => ReactNode;
  /** Not filtered by, though it has a value. */
  unfiltered?: boolean;
  /** Shown only where a person asks for it. */
  hidden?: boolean;
  /** Of a screen of 1440 pixels; wider ones show more. */
  width?: number;
  minWidth?: number;
}

export interface Empty {
  title: string;
  /** What these things are for, and how one makes the first. */
  text: ReactNode;
  action?: ReactNode;
}

export interface TableProperties<T> {
  /** Names the table in the browser's preferences: unique. */
  name: string;
  /** Names the filter in the address's query: "filter", unless a page has several tables. */
  filterKey?: string;
  title: string;
  description?: ReactNode;
  columns: Column<T>[];
  /** Identifies an item. */
  id: (item: T) => string;
  /** What an item is called, to people who hear the page; its id where it is left out. */
  label?: (item: T) => string;
  /** Server-side paging: gives the page of a token. */
  load?: LoadPage<T>;
  /** The list is begun again whenever one of these changes. */
  dependencies?: unknown[];
  /** Instead of `load`: the items, where a page has them already. */
  items?: T[];
  loading?: boolean;
  error?: unknown;
  onReload?: () => void;
  selection?: "single" | "multi";
  onSelect?: (selected: T[]) => void;
  /** Buttons beside the title. */
  actions?: (selected: T[], reload: () => void) => ReactNode;
  /** More filters that the server does, beside the filter bar. */
  filters?: ReactNode;
  empty: Empty;
  /** "h1" makes the table's title that of the page. */
  heading?: "h1" | "h2" | "h3";
  /** Without the filter bar and pages: for a handful of items inside of another page. */
  plain?: boolean;
  variant?: "container" | "embedded" | "borderless";
}
