// A key's grants.
import { CreateGrantCommand, type GrantListEntry, type GrantOperation, KMSClient, ListGrantsCommand, RevokeGrantCommand } from "@aws-sdk/client-kms";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, flash, FormDialog, Name, ResourceTable, TextField } from "@/kit";
import { useClient } from "@/session";
import { change } from "./changes";
import { strings } from "./strings";

const OPERATIONS: GrantOperation[] = [
  ...(["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"] as const),
  ...(["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "Sign", "Verify", "GenerateMac", "VerifyMac"] as const),
  ...(["DeriveSharedSecret", "GetPublicKey", "DescribeKey", "CreateGrant", "RetireGrant"] as const),
];

export function Grants({ id }: { id: string }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<GrantListEntry>();
  const [version, setVersion] = useState(0);
  const input = { KeyId: id, GrantId: revoking?.GrantId };
  const revoke = change("RevokeGrant", input, (client) => client.send(new RevokeGrantCommand(input)));
  const create = (
    <Button
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createGrant")}
    </Button>
  );
  return (
    <>
      <ResourceTable<GrantListEntry>
        name="kms.grants"
        filterKey="grant"
        title={t("grants")}
        description={t("grantsText")}
        dependencies={[kms, id, version]}
        load={async ({ token, signal }) => {
          const answer = await kms.send(new ListGrantsCommand({ KeyId: id, Marker: token }), { abortSignal: signal });
          return { items: answer.Grants ?? [], next: answer.Truncated ? answer.NextMarker : undefined };
        }}
        id={(grant) => grant.GrantId ?? ""}
        label={(grant) => grant.Name ?? grant.GranteePrincipal ?? ""}
        selection="single"
        columns={[
          { id: "grantee", header: t("grantee"), value: (grant) => grant.GranteePrincipal, width: 320 },
          { id: "operations", header: t("operations"), value: (grant) => grant.Operations?.join(", ") },
          { id: "name", header: t("grantName"), value: (grant) => grant.Name },
          { id: "constraints", header: t("constraints"), cell: (grant) => <Name>{grant.Constraints ? JSON.stringify(grant.Constraints) : undefined}</Name>, hidden: true },
          { id: "created", header: t("created"), value: (grant) => grant.CreationDate },
        ]}
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setRevoking(chosen);
              }}
            >
              {t("revoke")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("grantsEmpty"), text: t("grantsEmptyText"), action: create }}
      />
      {creating ? (
        <CreateGrant
          id={id}
          onClose={(done) => {
            setCreating(false);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
      {revoking ? (
        <Confirm
          title={t("revoke")}
          action={t("revoke")}
          commands={[revoke.command]}
          onConfirm={() => revoke.send(kms)}
          onClose={(done) => {
            setRevoking(undefined);
            if (done) setVersion(version + 1);
          }}
        >
          <bdi>{t("revokeText", { grantee: revoking.GranteePrincipal ?? "" })}</bdi>
        </Confirm>
      ) : null}
    </>
  );
}

function CreateGrant({ id, onClose }: { id: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [grantee, setGrantee] = useState("");
  const [name, setName] = useState("");
  const [operations, setOperations] = useState<GrantOperation[]>([]);
  const input = { KeyId: id, GranteePrincipal: grantee.trim(), Operations: operations, ...(name ? { Name: name } : {}) };
  return (
    <FormDialog
      title={t("createGrant")}
      action={t("createGrant")}
      ready={grantee.trim() !== "" && operations.length > 0}
      commands={[cli("kms", "CreateGrant", input)]}
      onSubmit={async () => {
        await kms.send(new CreateGrantCommand(input));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <TextField label={t("grantee")} description={t("granteeHint")} value={grantee} onChange={setGrantee} autoFocus />
      <FormField label={t("operations")}>
        <Multiselect
          filteringType="auto"
          deselectAriaLabel={(option) => `${t("delete")}: ${option.label ?? ""}`}
          selectedOptions={operations.map((value) => ({ value, label: value }))}
          options={OPERATIONS.map((value) => ({ value, label: value }))}
          onChange={({ detail }) => {
            setOperations(detail.selectedOptions.map(({ value }) => value as GrantOperation));
          }}
        />
      </FormField>
      <TextField label={t("grantName")} value={name} onChange={setName} />
    </FormDialog>
  );
}
