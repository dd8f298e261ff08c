// Calls in components: `useCall` for what a page shows, `useAction` for what a button does.
/* eslint-disable react-hooks/exhaustive-deps -- the dependencies are the caller's */
import { useEffect, useState, useSyncExternalStore } from "react";
import { isAbort } from "@/session";
import { isDenied } from "./explain";
import { Loader, type Loaded } from "./loader";

export interface Called<T> extends Loaded<T> {
  reload: () => void;
}

/** Call when the page opens and whenever a dependency changes; `every` (milliseconds) calls again while the page is seen, unless it was refused. */
export function useCall<T>(call: (signal: AbortSignal) => Promise<T>, dependencies: unknown[] = [], options: { every?: number } = {}): Called<T> {
  const [loader] = useState(() => new Loader<T>());
  useEffect(() => {
    loader.start(call);
    return loader.stop;
  }, dependencies);
  const { every } = options;
  useEffect(() => {
    if (!every) return undefined;
    const timer = setInterval(() => {
      const { error, loading } = loader.get();
      if (document.visibilityState === "visible" && !loading && !isDenied(error)) loader.reload(); // a refusal is not asked for again and again
    }, every);
    return () => {
      clearInterval(timer);
    };
  }, [every]);
  const state = useSyncExternalStore(loader.subscribe, loader.get);
  return { ...state, reload: loader.reload };
}

export interface Action<A extends unknown[]> {
  /** Do it; answers whether it went well. */
  run: (...given: A) => Promise<boolean>;
  busy: boolean;
  error: unknown;
  clear: () => void;
}

/** What a button does: busy while it runs, its error kept for an `ErrorAlert`. */
export function useAction<A extends unknown[]>(act: (...given: A) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (...given: A): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await act(...given);
      return true;
    } catch (problem) {
      if (!isAbort(problem)) setError(problem);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const clear = () => {
    setError(undefined);
  };
  return { run, busy, error, clear };
}
