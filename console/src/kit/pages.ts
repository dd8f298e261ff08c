// Lists that come in pages by a token: the first at once, more when they are wanted.
/* eslint-disable react-hooks/exhaustive-deps -- the dependencies are the caller's */
import { useEffect, useState, useSyncExternalStore } from "react";
import { isAbort } from "@/session";

export interface Asked {
  /** The token of the page; undefined for the first. */
  token: string | undefined;
  signal: AbortSignal;
}

export interface Paged<T> {
  items: T[];
  /** The token of the next page; undefined or empty where this is the last. */
  next: string | undefined;
}

export type LoadPage<T> = (asked: Asked) => Promise<Paged<T>>;

/** So many items at most are kept in a page. */
export const MOST_ITEMS = 20_000;

interface State<T> {
  items: T[];
  hasMore: boolean;
  loading: boolean;
  error?: unknown;
}

export class Pages<T> {
  private state: State<T> = { items: [], hasMore: false, loading: true };
  private next: string | undefined;
  private load: LoadPage<T> | undefined;
  private controller = new AbortController();
  private running: Promise<void> | undefined;
  private readonly listeners = new Set<() => void>();

  readonly get = (): State<T> => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(load: LoadPage<T>): void {
    this.load = load;
    this.reload();
  }

  readonly stop = (): void => {
    this.controller.abort();
    this.running = undefined;
  };

  /** From the first page again. The old items stay until the new ones are there. */
  readonly reload = (): void => {
    this.stop();
    this.controller = new AbortController();
    this.next = undefined;
    this.running = this.fetch(true);
  };

  /** The next page. */
  readonly more = async (): Promise<void> => {
    if (this.running) await this.running;
    else if (this.state.hasMore) {
      this.running = this.fetch(false);
      await this.running;
    }
  };

  /** Every page there is, up to `MOST_ITEMS`. */
  readonly all = async (): Promise<void> => {
    const { signal } = this.controller;
    if (this.running) await this.running;
    while (!signal.aborted && this.state.hasMore && !this.state.error && this.state.items.length < MOST_ITEMS) await this.more();
  };

  private async fetch(first: boolean): Promise<void> {
    const { signal } = this.controller;
    const { items, hasMore } = this.state;
    this.show({ items, hasMore, loading: true });
    try {
      const page = await this.load!({ token: this.next, signal });
      if (signal.aborted) return;
      this.next = page.next || undefined;
      this.running = undefined;
      this.show({ items: first ? page.items : [...items, ...page.items], hasMore: this.next !== undefined, loading: false });
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      this.running = undefined;
      this.show({ items, hasMore, loading: false, error });
    }
  }

  private show(state: State<T>): void {
    this.state = state;
    for (const listener of [...this.listeners]) listener();
  }
}

export interface UsedPages<T> extends State<T> {
  reload: () => void;
  more: () => Promise<void>;
  all: () => Promise<void>;
}

/** A paged list, begun again whenever a dependency changes. */
export function usePages<T>(load: LoadPage<T>, dependencies: unknown[] = []): UsedPages<T> {
  const [pages] = useState(() => new Pages<T>());
  useEffect(() => {
    pages.start(load);
    return pages.stop;
  }, dependencies);
  const state = useSyncExternalStore(pages.subscribe, pages.get);
  return { ...state, reload: pages.reload, more: pages.more, all: pages.all };
}
