// What a policy is attached to.
import { IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, flash, FormDialog, Name, ResourceTable, TextField, useCall } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { attach, holderText } from "../holders";
import { holderPage, nameInArn } from "../names";
import { strings } from "../strings/policies";
import { type Entity, listEntities, release } from "./entities";
import { readHolder } from "./readHolder";

const KINDS = { user: "kindUser", group: "kindGroup", role: "kindRole" } as const;

export function Entities({ arn, onChange }: { arn: string; onChange: () => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [attaching, setAttaching] = useState(false);
  const [leaving, setLeaving] = useState<Entity>();
  const entities = useCall((signal) => listEntities(iam, arn, signal), [iam, arn]);
  const changed = (done: boolean) => {
    if (!done) return;
    entities.reload();
    onChange();
  };
  const add = (
    <Button
      onClick={() => {
        setAttaching(true);
      }}
    >
      {t("attachTo")}
    </Button>
  );
  return (
    <>
      <ResourceTable<Entity>
        name="iam.entities"
        filterKey="entity"
        title={t("entities")}
        items={entities.data ?? []}
        loading={entities.loading}
        error={entities.error}
        onReload={entities.reload}
        id={(entity) => `${entity.usage} ${holderText(entity)}`}
        label={(entity) => entity.name}
        columns={[
          {
            id: "name",
            header: t("principal"),
            value: (entity) => entity.name,
            cell: (entity) => (
              <Link to={holderPage(entity)}>
                <Name>{entity.name}</Name>
              </Link>
            ),
          },
          { id: "kind", header: t("kind"), value: (entity) => t(KINDS[entity.kind]) },
          { id: "usage", header: t("usedAs"), value: (entity) => t(entity.usage === "PermissionsBoundary" ? "usedBoundary" : "usedPolicy") },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setLeaving(chosen);
              }}
            >
              {t("detach")}
            </Button>
            {add}
          </>
        )}
        empty={{ title: t("entitiesEmpty"), text: t("entitiesEmptyText"), action: add }}
      />
      {leaving ? (
        <Confirm
          title={t("detach")}
          action={t("detach")}
          commands={[release(leaving, arn).command]}
          onConfirm={async () => {
            await release(leaving, arn).send(iam);
            flash("success", t("detached"));
          }}
          onClose={(done) => {
            setLeaving(undefined);
            changed(done);
          }}
        >
          <bdi>{t("detachText", { holder: leaving.name, policy: nameInArn(arn) })}</bdi>
        </Confirm>
      ) : null}
      {attaching ? (
        <AttachTo
          arn={arn}
          onClose={(done) => {
            setAttaching(false);
            changed(done);
          }}
        />
      ) : null}
    </>
  );
}

function AttachTo({ arn, onClose }: { arn: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [written, setWritten] = useState("");
  const holder = readHolder(written);
  return (
    <FormDialog
      title={t("attachTo")}
      action={t("attach")}
      ready={holder !== undefined}
      commands={holder ? [attach(holder, arn).command] : []}
      onSubmit={async () => {
        if (!holder) return;
        await attach(holder, arn).send(iam);
        flash("success", t("attachedTo", { name: holder.name }));
      }}
      onClose={onClose}
    >
      <TextField label={t("principal")} description={t("replayPrincipalHint")} value={written} onChange={setWritten} autoFocus />
    </FormDialog>
  );
}
