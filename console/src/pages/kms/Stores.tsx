// Custom key stores: HSM clusters in which keys are kept.
import {
  ConnectCustomKeyStoreCommand,
  type ConnectionStateType,
  CreateCustomKeyStoreCommand,
  type CustomKeyStoresListEntry,
  DeleteCustomKeyStoreCommand,
  DescribeCustomKeyStoresCommand,
  DisconnectCustomKeyStoreCommand,
  KMSClient,
} from "@aws-sdk/client-kms";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, ErrorAlert, flash, FormDialog, Page, ResourceTable, TextField, useAction } from "@/kit";
import { useClient } from "@/session";
import { change } from "./changes";
import { strings } from "./strings";

const INDICATOR: Record<ConnectionStateType, StatusIndicatorProps.Type> = {
  CONNECTED: "success",
  CONNECTING: "in-progress",
  DISCONNECTED: "stopped",
  DISCONNECTING: "in-progress",
  FAILED: "error",
};

export function StoresPage() {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [open, setOpen] = useState<"create" | "disconnect" | "deleteStore">();
  const [chosen, setChosen] = useState<CustomKeyStoresListEntry>();
  const [version, setVersion] = useState(0);
  const input = { CustomKeyStoreId: chosen?.CustomKeyStoreId };
  const changes = {
    disconnect: change("DisconnectCustomKeyStore", input, (client) => client.send(new DisconnectCustomKeyStoreCommand(input))),
    deleteStore: change("DeleteCustomKeyStore", input, (client) => client.send(new DeleteCustomKeyStoreCommand(input))),
  };
  const connect = useAction(async () => {
    await kms.send(new ConnectCustomKeyStoreCommand(input));
    setVersion(version + 1);
  });
  const close = (done: boolean) => {
    setOpen(undefined);
    if (done) setVersion(version + 1);
  };
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setOpen("create");
      }}
    >
      {t("createStore")}
    </Button>
  );
  return (
    <Page title={t("stores")} description={t("storesText")} help={t("storesHelp")}>
      <ErrorAlert error={connect.error} />
      <ResourceTable<CustomKeyStoresListEntry>
        name="kms.stores"
        title={t("stores")}
        dependencies={[kms, version]}
        load={async ({ token, signal }) => {
          const answer = await kms.send(new DescribeCustomKeyStoresCommand({ Marker: token }), { abortSignal: signal });
          return { items: answer.CustomKeyStores ?? [], next: answer.Truncated ? answer.NextMarker : undefined };
        }}
        id={(store) => store.CustomKeyStoreId ?? ""}
        label={(store) => store.CustomKeyStoreName ?? ""}
        selection="single"
        onSelect={([store]) => {
          setChosen(store);
        }}
        columns={[
          { id: "name", header: t("name"), value: (store) => store.CustomKeyStoreName },
          {
            id: "connection",
            header: t("connection"),
            value: (store) => store.ConnectionState && t(store.ConnectionState),
            cell: (store) => (
              <StatusIndicator type={INDICATOR[store.ConnectionState ?? "DISCONNECTED"]}>
                {t(store.ConnectionState ?? "DISCONNECTED")}
                {store.ConnectionErrorCode ? ` (${store.ConnectionErrorCode})` : ""}
              </StatusIndicator>
            ),
          },
          { id: "cluster", header: t("clusterId"), value: (store) => store.CloudHsmClusterId },
          { id: "created", header: t("created"), value: (store) => store.CreationDate },
        ]}
        actions={([store]) => (
          <>
            <Button
              disabled={!store}
              onClick={() => {
                setOpen("deleteStore");
              }}
            >
              {t("delete")}
            </Button>
            <Button
              disabled={!store}
              onClick={() => {
                setOpen("disconnect");
              }}
            >
              {t("disconnect")}
            </Button>
            <Button disabled={!store} loading={connect.busy} onClick={() => void connect.run()}>
              {t("connect")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("storesEmpty"), text: t("storesEmptyText"), action: create }}
      />
      {open === "create" ? <CreateStore onClose={close} /> : null}
      {open === "disconnect" || open === "deleteStore" ? (
        <Confirm title={t(open)} action={t(open)} commands={[changes[open].command]} onConfirm={() => changes[open].send(kms)} onClose={close}>
          <bdi>{t(open === "disconnect" ? "disconnectText" : "deleteStoreText", { name: chosen?.CustomKeyStoreName ?? "" })}</bdi>
        </Confirm>
      ) : null}
    </Page>
  );
}

function CreateStore({ onClose }: { onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [name, setName] = useState("");
  const [cluster, setCluster] = useState("");
  const [anchor, setAnchor] = useState("");
  const [password, setPassword] = useState("");
  const input = { CustomKeyStoreName: name, CloudHsmClusterId: cluster, TrustAnchorCertificate: anchor, KeyStorePassword: password };
  return (
    <FormDialog
      size="large"
      title={t("createStore")}
      action={t("createStore")}
      ready={[name, cluster, anchor, password].every((value) => value !== "")}
      commands={[cli("kms", "CreateCustomKeyStore", { ...input, TrustAnchorCertificate: "file://customerCA.crt", KeyStorePassword: "…" })]}
      onSubmit={async () => {
        await kms.send(new CreateCustomKeyStoreCommand(input));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <TextField label={t("name")} value={name} onChange={setName} autoFocus />
      <TextField label={t("clusterId")} value={cluster} onChange={setCluster} placeholder="cluster-…" />
      <FormField label={t("trustAnchor")} description={t("trustAnchorHint")} stretch>
        <Textarea
          rows={6}
          spellcheck={false}
          value={anchor}
          onChange={({ detail }) => {
            setAnchor(detail.value);
          }}
        />
      </FormField>
      <TextField label={t("storePassword")} type="password" autoComplete={false} value={password} onChange={setPassword} />
    </FormDialog>
  );
}
