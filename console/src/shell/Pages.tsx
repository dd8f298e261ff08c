// The page of an address: loaded when it is first opened, begun anew when the region or whoever calls changes.
import Spinner from "@cloudscape-design/components/spinner";
import { Suspense, use, useEffect } from "react";
import { useText } from "@/i18n";
import { Page } from "@/kit/Page";
import type { PageEntry } from "@/pages/menu";
import { PAGES } from "@/pages/registry";
import { Link, match, navigate, type Route, unescaped, usePlace } from "@/router";
import { forgetClients, useRegion, useSession } from "@/session";
import { ErrorBoundary } from "./ErrorBoundary";
import { strings } from "./strings";

const HOME = "/overview";

const loaded = new Map<PageEntry, Promise<{ default: Route[] }>>();

function routesOf(entry: PageEntry): Promise<{ default: Route[] }> {
  const known = loaded.get(entry);
  if (known) return known;
  const fresh = entry.load();
  loaded.set(entry, fresh);
  fresh.catch(() => loaded.delete(entry));
  return fresh;
}

function Loaded({ entry, path }: { entry: PageEntry; path: string }) {
  return <Routed routes={use(routesOf(entry)).default} path={path} />;
}

function Routed({ routes, path }: { routes: Route[]; path: string }) {
  for (const { pattern, View } of routes) {
    const values = match(pattern, path);
    if (values) return <View key={path} {...values} />;
  }
  return <NotFound />;
}

export function Pages() {
  const { path } = usePlace();
  const region = useRegion();
  const { role, person } = useSession();
  const caller = role?.arn ?? person?.arn ?? "";
  useEffect(() => {
    if (path === "/") navigate(HOME, { replace: true });
  }, [path]);
  useEffect(() => forgetClients, [caller]);
  if (path === "/") return null;
  const [, first = "", rest = ""] = /^\/([^/]*)(\/.*)?$/.exec(path) ?? [];
  const entry = PAGES.find((one) => one.path === first);
  return (
    <ErrorBoundary key={path}>
      <Suspense fallback={<Spinner size="large" />}>
        {entry ? <Loaded key={`${caller} ${region}`} entry={entry} path={rest || "/"} /> : <NotFound />}
      </Suspense>
    </ErrorBoundary>
  );
}

function NotFound() {
  const t = useText(strings);
  const { path } = usePlace();
  return (
    <Page title={t("notFound")}>
      <bdi>{t("notFoundText", { path: unescaped(path) })}</bdi>
      <Link to={HOME}>{t("home")}</Link>
    </Page>
  );
}
