// The dialog that adds an identity provider.
import { CreateOpenIDConnectProviderCommand, CreateSAMLProviderCommand, IAMClient } from "@aws-sdk/client-iam";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useState } from "react";
import { useText } from "@/i18n";
import { flash, FormDialog, Lines, linesOf, TextField } from "@/kit";
import { useClient } from "@/session";
import { change } from "../changes";
import { strings } from "../strings/account";

export function AddProvider({ onClose }: { onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [kind, setKind] = useState("saml");
  const [name, setName] = useState("");
  const [metadata, setMetadata] = useState("");
  const [url, setUrl] = useState("");
  const [clients, setClients] = useState("sts.amazonaws.com");
  const [thumbprints, setThumbprints] = useState("");
  const isSaml = kind === "saml";
  const saml = { Name: name, SAMLMetadataDocument: metadata };
  const oidc = { Url: url, ClientIDList: linesOf(clients), ...(thumbprints.trim() ? { ThumbprintList: linesOf(thumbprints) } : {}) };
  const create = isSaml
    ? change("CreateSAMLProvider", saml, (client) => client.send(new CreateSAMLProviderCommand(saml)))
    : change("CreateOpenIDConnectProvider", oidc, (client) => client.send(new CreateOpenIDConnectProviderCommand(oidc)));
  return (
    <FormDialog
      size="large"
      title={t("addProvider")}
      action={t("addProvider")}
      ready={isSaml ? name !== "" && metadata !== "" : url !== ""}
      commands={[create.command]}
      onSubmit={async () => {
        await create.send(iam);
        flash("success", t("providerAdded"));
      }}
      onClose={onClose}
    >
      <SegmentedControl
        label={t("kind")}
        selectedId={kind}
        options={[
          { id: "saml", text: t("saml") },
          { id: "oidc", text: t("oidc") },
        ]}
        onChange={({ detail }) => {
          setKind(detail.selectedId);
        }}
      />
      {isSaml ? (
        <>
          <TextField label={t("providerName")} value={name} onChange={setName} />
          <Lines label={t("metadata")} description={t("metadataHint")} rows={8} value={metadata} onChange={setMetadata} />
        </>
      ) : (
        <>
          <TextField label={t("url")} description={t("urlHint")} value={url} onChange={setUrl} />
          <Lines label={t("clients")} description={t("clientsHint")} value={clients} onChange={setClients} />
          <Lines label={t("thumbprints")} description={t("thumbprintsHint")} value={thumbprints} onChange={setThumbprints} />
        </>
      )}
    </FormDialog>
  );
}
