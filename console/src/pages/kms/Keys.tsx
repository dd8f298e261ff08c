// The list of keys.
import { KMSClient } from "@aws-sdk/client-kms";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { CreateKey } from "./CreateKey";
import { keysPage, type ListedKey } from "./reading";
import { KeyStatus } from "./KeyStatus";
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
            width: 330,
          },
          { id: "alias", header: t("alias"), value: (key) => key.aliases.join(", ") },
          {
            id: "status",
            header: t("status"),
            value: (key) => (key.facts?.KeyState ? t(key.facts.KeyState) : undefined),
            cell: (key) => <KeyStatus state={key.facts?.KeyState} />,
          },
          { id: "spec", header: t("spec"), value: (key) => key.facts?.KeySpec },
          { id: "usage", header: t("usage"), value: (key) => (key.facts?.KeyUsage ? t(key.facts.KeyUsage) : undefined) },
          { id: "description", header: t("description"), value: (key) => key.facts?.Description },
          { id: "manager", header: t("manager"), value: (key) => (key.facts?.KeyManager ? t(key.facts.KeyManager) : undefined), hidden: true },
          { id: "origin", header: t("origin"), value: (key) => key.facts?.Origin, hidden: true },
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
