// The policies that belong to one user, group or role alone.
import { IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, flash, Name, ResourceTable, useCall } from "@/kit";
import { Link, navigate } from "@/router";
import { useClient } from "@/session";
import { deleteInline, type Holder, listInline } from "../holders";
import { inlinePage } from "../names";
import { common } from "../strings/common";
import { strings } from "../strings/policies";

export function InlinePolicies({ holder }: { holder: Holder }) {
  const t = useText(common);
  const p = useText(strings);
  const iam = useClient(IAMClient);
  const [deleting, setDeleting] = useState<string>();
  const names = useCall((signal) => listInline(iam, holder, signal), [iam, holder.kind, holder.name]);
  const create = (
    <Button
      onClick={() => {
        navigate(inlinePage(holder));
      }}
    >
      {t("createInline")}
    </Button>
  );
  return (
    <>
      <ResourceTable<string>
        plain
        name="iam.inline"
        title={t("inlinePolicies")}
        description={t("inlineText")}
        items={names.data ?? []}
        loading={names.loading}
        error={names.error}
        onReload={names.reload}
        id={(name) => name}
        selection="single"
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (name) => name,
            cell: (name) => (
              <Link to={inlinePage(holder, name)}>
                <Name>{name}</Name>
              </Link>
            ),
          },
        ]}
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen);
              }}
            >
              {t("delete")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("inlineEmpty"), text: t("inlineEmptyText"), action: create }}
      />
      {deleting ? (
        <Confirm
          title={p("deleteInline")}
          commands={[deleteInline(holder, deleting).command]}
          onConfirm={async () => {
            await deleteInline(holder, deleting).send(iam);
            flash("success", p("deletedPolicy", { name: deleting }));
          }}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) names.reload();
          }}
        >
          <bdi>{p("deleteInlineText", { policy: deleting, holder: holder.name })}</bdi>
        </Confirm>
      ) : null}
    </>
  );
}
