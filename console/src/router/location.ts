// Where the console is: a path below its prefix and a query, in the browser's history.
import { createStore, useStore } from "@/store";

export const PREFIX = import.meta.env.BASE_URL.replace(/\/$/, "");

export interface Place {
  path: string;
  query: URLSearchParams;
}

function read(): Place {
  const path = window.location.pathname.startsWith(PREFIX) ? window.location.pathname.slice(PREFIX.length) : "/";
  return { path: path === "" ? "/" : path, query: new URLSearchParams(window.location.search) };
}

export const place = createStore<Place>(read());

window.addEventListener("popstate", () => {
  const { path, query } = place.get();
  const isElsewhere = read().path !== path || read().query.get("region") !== query.get("region");
  if (isElsewhere && !mayLeave()) window.history.pushState(null, "", href(addressOf(path, query)));
  else place.set(read());
});

export function usePlace(): Place {
  return useStore(place);
}

/** `to("sns", "topics", arn)` is the address `/sns/topics/arn:aws:…`; every part is escaped. */
export function to(...parts: string[]): string {
  return `/${parts.map((part) => encodeURIComponent(part).replaceAll("%3A", ":")).join("/")}`;
}

/** An address with a query; values that are undefined or empty are left out. */
export function withQuery(path: string, values: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  return addressOf(path, query);
}

function addressOf(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** What a browser calls an address of the console. */
export function href(address: string): string {
  return PREFIX + address;
}

const guards = new Set<() => boolean>();

/** Ask before leaving: `guard` answers whether leaving is fine. Gives the function that lifts it. */
export function guardLeaving(guard: () => boolean): () => void {
  guards.add(guard);
  return () => guards.delete(guard);
}

/** Whether all who guard what is shown let it be left. */
export function mayLeave(): boolean {
  return [...guards].every((guard) => guard());
}

/** Go to an address of the console, unless a guard keeps us where we are. The region stays in the query. */
export function navigate(address: string, options: { replace?: boolean } = {}): void {
  const target = new URL(href(address), window.location.origin);
  const region = place.get().query.get("region");
  if (region && !target.searchParams.has("region")) target.searchParams.set("region", region);
  const isElsewhere = target.pathname !== window.location.pathname || target.searchParams.get("region") !== region;
  if (isElsewhere && !mayLeave()) return;
  const text = target.pathname + target.search;
  if (options.replace) window.history.replaceState(null, "", text);
  else window.history.pushState(null, "", text);
  place.set(read());
}

/** Change values of the query where we are; undefined takes one away. */
export function changeQuery(values: Record<string, string | string[] | undefined>, options = { replace: true }): void {
  const query = new URLSearchParams(place.get().query);
  for (const [name, value] of Object.entries(values)) {
    query.delete(name);
    for (const one of Array.isArray(value) ? value : value ? [value] : []) query.append(name, one);
  }
  navigate(addressOf(place.get().path, query), options);
}

/** A value of the query as state: `const [tab, setTab] = useQueryValue("tab", "details")`. */
export function useQueryValue(name: string, fallback = ""): [string, (value: string) => void] {
  const value = usePlace().query.get(name) ?? fallback;
  return [
    value,
    (chosen) => {
      changeQuery({ [name]: chosen === fallback ? undefined : chosen });
    },
  ];
}
