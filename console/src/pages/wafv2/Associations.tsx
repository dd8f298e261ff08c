// What a web ACL protects.
import { AssociateWebACLCommand, DisassociateWebACLCommand, ListResourcesForWebACLCommand, ResourceType, type Scope } from "@aws-sdk/client-wafv2";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, flash, FormDialog, ResourceTable, TextField, useCall } from "@/kit";
import { useWaf, wafCommand } from "./names";
import { strings } from "./strings";

interface Protected {
  arn: string;
  type: string;
}

export function Associations({ arn, scope }: { arn: string; scope: Scope }) {
  const t = useText(strings);
  const waf = useWaf(scope);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string>();
  const found = useCall(
    async (abortSignal) => {
      const types = [undefined, ...Object.values(ResourceType)];
      const answers = await Promise.all(
        types.map(async (type): Promise<Protected[]> => {
          const { ResourceArns = [] } = await waf.send(new ListResourcesForWebACLCommand({ WebACLArn: arn, ResourceType: type }), { abortSignal });
          return ResourceArns.map((one) => ({ arn: one, type: type ?? one.split(":")[2] ?? "" }));
        }),
      );
      return [...new Map(answers.flat().map((one) => [one.arn, one])).values()];
    },
    [waf, arn],
  );
  const add = (
    <Button variant="primary" onClick={() => setAdding(true)}>
      {t("associate")}
    </Button>
  );
  return (
    <>
      <ResourceTable<Protected>
        plain
        name="wafv2.associations"
        title={t("protects")}
        description={t("protectsText")}
        items={found.data ?? []}
        loading={found.loading}
        error={found.error}
        onReload={found.reload}
        id={(one) => one.arn}
        columns={[
          { id: "arn", header: t("arn"), value: (one) => one.arn },
          { id: "type", header: t("type"), value: (one) => one.type },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button disabled={!chosen} onClick={() => setRemoving(chosen?.arn)}>
              {t("disassociate")}
            </Button>
            {add}
          </>
        )}
        empty={{ title: t("protectsEmpty"), text: t("protectsEmptyText"), action: add }}
      />
      {adding ? (
        <Associate
          arn={arn}
          scope={scope}
          onClose={(done) => {
            setAdding(false);
            if (done) found.reload();
          }}
        />
      ) : null}
      {removing ? (
        <Confirm
          title={t("disassociate")}
          action={t("disassociate")}
          commands={[wafCommand("DisassociateWebACL", { ResourceArn: removing }, scope)]}
          onConfirm={async () => {
            await waf.send(new DisassociateWebACLCommand({ ResourceArn: removing }));
            flash("success", t("saved"));
          }}
          onClose={(done) => {
            setRemoving(undefined);
            if (done) found.reload();
          }}
        >
          <bdi>{t("disassociateText", { arn: removing })}</bdi>
        </Confirm>
      ) : null}
    </>
  );
}

function Associate({ arn, scope, onClose }: { arn: string; scope: Scope; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const waf = useWaf(scope);
  const [resource, setResource] = useState("");
  const input = { WebACLArn: arn, ResourceArn: resource };
  return (
    <FormDialog
      title={t("associate")}
      action={t("associate")}
      ready={resource.startsWith("arn:")}
      commands={[wafCommand("AssociateWebACL", input, scope)]}
      onSubmit={async () => {
        await waf.send(new AssociateWebACLCommand(input));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <TextField label={t("resourceArn")} description={t("resourceArnHint")} value={resource} onChange={setResource} autoFocus />
    </FormDialog>
  );
}
