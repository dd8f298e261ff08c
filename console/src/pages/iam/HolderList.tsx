// The list of users, of groups, or of roles: by path, with its first step, and deleting.
import { IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { type ComponentType, useState } from "react";
import { useText } from "@/i18n";
import { type Column, Name, Page, type Paged, ResourceTable } from "@/kit";
import { Link, navigate } from "@/router";
import { useClient } from "@/session";
import type { Holder } from "./holders";
import { holderPage } from "./names";
import { PathFilter, usePathPrefix } from "./PathFilter";
import { common } from "./strings/common";

/** What is asked for: a page of those whose path begins so. */
export interface AskedList {
  PathPrefix: string | undefined;
  Marker: string | undefined;
}

interface Properties<T> {
  kind: Holder["kind"];
  words: Record<"title" | "text" | "help" | "name" | "create" | "empty" | "emptyText", string>;
  list: (iam: IAMClient, asked: AskedList, abortSignal: AbortSignal) => Promise<Paged<T>>;
  nameOf: (item: T) => string | undefined;
  /** Those beside the name. */
  columns: Column<T>[];
  /** The dialog that makes one, or the address of the page that does. */
  create: ComponentType<{ onClose: (name: string | undefined) => void }> | string;
  Delete: ComponentType<{ name: string; onClose: (done: boolean) => void }>;
}

export function HolderList<T>({ kind, words, list, nameOf, columns, create: Create, Delete }: Properties<T>) {
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<string>();
  const [version, setVersion] = useState(0);
  const path = usePathPrefix();
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        if (typeof Create === "string") navigate(Create);
        else setCreating(true);
      }}
    >
      {words.create}
    </Button>
  );
  const name: Column<T> = {
    id: "name",
    header: words.name,
    value: nameOf,
    cell: (item) => (
      <Link to={holderPage({ kind, name: nameOf(item) ?? "" })}>
        <Name>{nameOf(item)}</Name>
      </Link>
    ),
    width: 240,
  };
  return (
    <Page title={words.title} description={words.text} help={words.help}>
      <ResourceTable<T>
        name={`iam.${kind}s`}
        title={words.title}
        dependencies={[iam, path, version]}
        load={({ token, signal }) => list(iam, { PathPrefix: path, Marker: token }, signal)}
        filters={<PathFilter />}
        id={(item) => nameOf(item) ?? ""}
        columns={[name, ...columns]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen && nameOf(chosen));
              }}
            >
              {c("delete")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: words.empty, text: words.emptyText, action: create }}
      />
      {creating && typeof Create !== "string" ? (
        <Create
          onClose={(made) => {
            setCreating(false);
            if (made) navigate(holderPage({ kind, name: made }));
          }}
        />
      ) : null}
      {deleting ? (
        <Delete
          name={deleting}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
    </Page>
  );
}
