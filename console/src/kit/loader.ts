// A call's life: loading, its answer or its error, tried again or given up. Components watch it.
import { isAbort } from "@/session";

export interface Loaded<T> {
  data?: T;
  error?: unknown;
  loading: boolean;
}

export class Loader<T> {
  private state: Loaded<T> = { loading: true };
  private readonly listeners = new Set<() => void>();
  private controller: AbortController | undefined;
  private call: ((signal: AbortSignal) => Promise<T>) | undefined;

  readonly get = (): Loaded<T> => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Begin a call; the last answer stays until there is another. */
  start(call: (signal: AbortSignal) => Promise<T>): void {
    this.call = call;
    this.reload();
  }

  readonly reload = (): void => {
    void this.run();
  };

  readonly stop = (): void => {
    this.controller?.abort();
  };

  private async run(): Promise<void> {
    if (!this.call) return;
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    const { data } = this.state;
    this.show(data === undefined ? { loading: true } : { data, loading: true });
    try {
      const answer = await this.call(controller.signal);
      if (!controller.signal.aborted) this.show({ data: answer, loading: false });
    } catch (error) {
      if (controller.signal.aborted || isAbort(error)) return;
      this.show(data === undefined ? { error, loading: false } : { data, error, loading: false });
    }
  }

  private show(state: Loaded<T>): void {
    this.state = state;
    for (const listener of [...this.listeners]) listener();
  }
}
