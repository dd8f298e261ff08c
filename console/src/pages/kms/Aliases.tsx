// A key's aliases.
import { type AliasListEntry, CreateAliasCommand, DeleteAliasCommand, KMSClient } from "@aws-sdk/client-kms";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { type Called, cli, Confirm, flash, FormDialog, ResourceTable, TextField } from "@/kit";
import { useClient } from "@/session";
import { change } from "./changes";
import { strings } from "./strings";

export function Aliases({ id, aliases }: { id: string; aliases: Called<AliasListEntry[]> }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [adding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState<string>();
  const input = { AliasName: deleting };
  const remove = change("DeleteAlias", input, (client) => client.send(new DeleteAliasCommand(input)));
  const add = (
    <Button
      onClick={() => {
        setAdding(true);
      }}
    >
      {t("addAlias")}
    </Button>
  );
  return (
    <>
      <ResourceTable<AliasListEntry>
        plain
        name="kms.aliases"
        title={t("aliases")}
        description={t("aliasesText")}
        items={aliases.data ?? []}
        loading={aliases.loading}
        error={aliases.error}
        onReload={aliases.reload}
        id={(alias) => alias.AliasName ?? ""}
        selection="single"
        columns={[
          { id: "name", header: t("alias"), value: (alias) => alias.AliasName },
          { id: "created", header: t("created"), value: (alias) => alias.CreationDate },
        ]}
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen?.AliasName);
              }}
            >
              {t("delete")}
            </Button>
            {add}
          </>
        )}
        empty={{ title: t("aliasesEmpty"), text: t("aliasesEmptyText"), action: add }}
      />
      {adding ? (
        <AddAlias
          id={id}
          onClose={(done) => {
            setAdding(false);
            if (done) aliases.reload();
          }}
        />
      ) : null}
      {deleting ? (
        <Confirm
          title={t("deleteAlias")}
          commands={[remove.command]}
          onConfirm={() => remove.send(kms)}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) aliases.reload();
          }}
        >
          <bdi>{t("deleteAliasText", { name: deleting })}</bdi>
        </Confirm>
      ) : null}
    </>
  );
}

function AddAlias({ id, onClose }: { id: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [name, setName] = useState("");
  const input = { AliasName: `alias/${name.replace(/^alias\//, "")}`, TargetKeyId: id };
  return (
    <FormDialog
      title={t("addAlias")}
      action={t("addAlias")}
      ready={name !== ""}
      commands={[cli("kms", "CreateAlias", input)]}
      onSubmit={async () => {
        await kms.send(new CreateAliasCommand(input));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <TextField label={t("alias")} description={t("aliasHint")} value={name} onChange={setName} autoFocus />
    </FormDialog>
  );
}
