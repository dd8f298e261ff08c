// The list of identity providers.
import { IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable, useCall } from "@/kit";
import { Link, to } from "@/router";
import { useClient } from "@/session";
import { common } from "../strings/common";
import { strings } from "../strings/account";
import { AddProvider } from "./AddProvider";
import { DeleteProvider } from "./DeleteProvider";
import { listProviders, type Provider, providerName } from "./list";

export function ProvidersPage() {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [adding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState<string>();
  const providers = useCall((signal) => listProviders(iam, signal), [iam]);
  const add = (
    <Button
      variant="primary"
      onClick={() => {
        setAdding(true);
      }}
    >
      {t("addProvider")}
    </Button>
  );
  return (
    <Page title={t("providers")} description={t("providersText")} help={t("providersHelp")}>
      <ResourceTable<Provider>
        name="iam.providers"
        title={t("providers")}
        items={providers.data ?? []}
        loading={providers.loading}
        error={providers.error}
        onReload={providers.reload}
        id={(provider) => provider.arn}
        label={(provider) => providerName(provider.arn)}
        selection="single"
        columns={[
          {
            id: "name",
            header: t("provider"),
            value: (provider) => providerName(provider.arn),
            cell: (provider) => (
              <Link to={to("iam", "providers", provider.arn)}>
                <Name>{providerName(provider.arn)}</Name>
              </Link>
            ),
            width: 360,
          },
          { id: "kind", header: t("kind"), value: (provider) => t(provider.kind) },
          { id: "created", header: c("created"), value: (provider) => provider.created },
          { id: "until", header: t("validUntil"), value: (provider) => provider.validUntil },
        ]}
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen?.arn);
              }}
            >
              {c("delete")}
            </Button>
            {add}
          </>
        )}
        empty={{ title: t("providersEmpty"), text: t("providersEmptyText"), action: add }}
      />
      {adding ? (
        <AddProvider
          onClose={(done) => {
            setAdding(false);
            if (done) providers.reload();
          }}
        />
      ) : null}
      {deleting ? (
        <DeleteProvider
          arn={deleting}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) providers.reload();
          }}
        />
      ) : null}
    </Page>
  );
}
