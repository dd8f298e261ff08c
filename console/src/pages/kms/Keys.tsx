// The list of keys.
import { KMSClient } from "@aws-sdk/client-kms";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { CreateKey } from "./CreateKey";
import { KeyStatus } from "./KeyStatus";
import { aliasName, originText } from "./names";
import { keysPage, type ListedKey } from "./reading";
import { strings } from "./strings";

export function KeysPage() {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [creating, setCreating] = useState(false);
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createKey")}
    </Button>
  );
  return (
    <Page title={t("keys")} description={t("keysText")} help={t("help")}>
      <ResourceTable<ListedKey>
        name="kms.keys"
        title={t("keys")}
        dependencies={[kms]}
        load={({ token, signal }) => keysPage(kms, token, signal)}
        id={(key) => key.id}
        columns={[
          {
            id: "id",
            header: t("keyId"),
            value: (key) => key.id,
            cell: (key) => (
              <Link to={to("kms", "keys", key.id)}>
                <Name>{key.id}</Name>
              </Link>
            ),
            width: 320,
          },
          { id: "alias", header: t("aliases"), value: (key) => key.aliases.map(aliasName).join(", "), width: 200 },
          {
            id: "status",
            header: t("status"),
            value: (key) => (key.facts?.KeyState ? t(key.facts.KeyState) : undefined),
            cell: (key) => <KeyStatus state={key.facts?.KeyState} />,
            width: 190,
          },
          { id: "usage", header: t("usage"), value: (key) => (key.facts?.KeyUsage ? t(key.facts.KeyUsage) : undefined), width: 190 },
          { id: "description", header: t("description"), value: (key) => key.facts?.Description, width: 260 },
          { id: "spec", header: t("spec"), value: (key) => key.facts?.KeySpec, hidden: true },
          { id: "manager", header: t("manager"), value: (key) => (key.facts?.KeyManager ? t(key.facts.KeyManager) : undefined), hidden: true },
          { id: "origin", header: t("origin"), value: (key) => originText(t, key.facts?.Origin), hidden: true },
          { id: "created", header: t("created"), value: (key) => key.facts?.CreationDate, hidden: true },
          { id: "arn", header: t("arn"), value: (key) => key.arn, hidden: true },
        ]}
        actions={() => create}
        empty={{ title: t("keysEmpty"), text: t("keysEmptyText"), action: create }}
      />
      {creating ? (
        <CreateKey
          onClose={(id) => {
            setCreating(false);
            if (id) navigate(to("kms", "keys", id));
          }}
        />
      ) : null}
    </Page>
  );
}
