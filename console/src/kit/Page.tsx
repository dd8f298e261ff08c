// A page: its heading, title and breadcrumbs, its actions, and what the help panel tells of it.
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import { type ReactNode, useEffect } from "react";
import { href, navigate } from "@/router";
import { createStore, useStore } from "@/store";
import "./kit.css";

export interface Crumb {
  text: string;
  /** An address of the console. */
  to: string;
}

export interface Shown {
  title: string;
  crumbs: Crumb[];
  help?: ReactNode;
}

/** What the open page tells the shell. */
export const shownPage = createStore<Shown>({ title: "", crumbs: [] });

interface Properties {
  title: string;
  description?: ReactNode;
  /** The way here, without this page itself. */
  crumbs?: Crumb[];
  /** Buttons beside the heading. */
  actions?: ReactNode;
  /** What the help panel says: what this is, and why one would want it. */
  help?: ReactNode;
  children: ReactNode;
}

export function Page({ title, description, crumbs = [], actions, help, children }: Properties) {
  useEffect(() => {
    document.title = `${title} – Garrison`;
    shownPage.set({ title, crumbs, help });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- crumbs and help are made anew by every render
  }, [title, JSON.stringify(crumbs)]);
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={description} actions={actions}>
          <bdi>{title}</bdi>
        </Header>
      }
    >
      <div className="g-page">{children}</div>
    </ContentLayout>
  );
}

export function Breadcrumbs() {
  const { title, crumbs } = useStore(shownPage);
  const items = [...crumbs.map(({ text, to }) => ({ text, href: href(to), to })), { text: title, href: "", to: "" }];
  return (
    <BreadcrumbGroup
      items={items}
      onFollow={(event) => {
        event.preventDefault();
        if (event.detail.item.to) navigate(event.detail.item.to);
      }}
    />
  );
}
