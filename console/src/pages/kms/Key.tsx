// One key: its policy, aliases, grants, rotation, tags, and its end.
import { type AliasListEntry, DescribeKeyCommand, type KeyMetadata, KMSClient } from "@aws-sdk/client-kms";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Tabs from "@cloudscape-design/components/tabs";
import type { ReactNode } from "react";
import { useText } from "@/i18n";
import { Copyable, ErrorAlert, KeyValues, Name, Page, Time, useCall } from "@/kit";
import { to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { Aliases } from "./Aliases";
import { Grants } from "./Grants";
import { KeyActions } from "./KeyActions";
import { KeyPolicy } from "./KeyPolicy";
import { KeyStatus } from "./KeyStatus";
import { KeyTags } from "./KeyTags";
import { aliasName, originText } from "./names";
import { listAliases } from "./reading";
import { Rotation } from "./Rotation";
import { strings } from "./strings";

export function KeyPage({ id }: { id: string }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [tab, setTab] = useQueryValue("tab", "policy");
  const key = useCall(async (abortSignal) => (await kms.send(new DescribeKeyCommand({ KeyId: id }), { abortSignal })).KeyMetadata, [kms, id]);
  const aliases = useCall((signal) => listAliases(kms, signal, id), [kms, id]);
  return (
    <Page title={id} crumbs={[{ text: t("keys"), to: to("kms") }]} help={t("help")} actions={key.data ? <KeyActions facts={key.data} onChange={key.reload} /> : undefined}>
      <ErrorAlert error={key.error} onRetry={key.reload} />
      <Container header={<Header>{t("key")}</Header>}>
        <Facts facts={key.data} aliases={aliases.data} />
      </Container>
      <Tabs
        ariaLabel={t("key")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          { id: "policy", label: t("policy"), contentRenderStrategy: "lazy", content: <KeyPolicy id={id} arn={key.data?.Arn} /> },
          { id: "aliases", label: t("aliases"), content: <Aliases id={id} aliases={aliases} /> },
          { id: "grants", label: t("grants"), content: <Grants id={id} /> },
          { id: "rotation", label: t("rotation"), content: key.data ? <Rotation facts={key.data} /> : null },
          { id: "tags", label: t("tags"), content: <KeyTags id={id} /> },
        ]}
      />
    </Page>
  );
}

function Facts({ facts = {} as KeyMetadata, aliases = [] }: { facts?: KeyMetadata | undefined; aliases?: AliasListEntry[] | undefined }) {
  const t = useText(strings);
  return (
    <KeyValues
      columns={3}
      facts={[
        [t("status"), <KeyStatus key="state" state={facts.KeyState} />],
        [t("aliases"), <Name key="aliases">{aliases.map(({ AliasName = "" }) => aliasName(AliasName)).join(", ")}</Name>],
        [t("description"), <Name key="description">{facts.Description}</Name>],
        [t("created"), <Time key="created" at={facts.CreationDate} />],
        [t("usage"), facts.KeyUsage ? t(facts.KeyUsage) : undefined],
        [t("spec"), facts.KeySpec],
        [t("origin"), originText(t, facts.Origin)],
        [t("manager"), facts.KeyManager ? t(facts.KeyManager) : undefined],
        [t("arn"), <Copyable key="arn">{facts.Arn}</Copyable>],
        ...(facts.DeletionDate ? [[t("deletedOn"), <Time key="deleted" at={facts.DeletionDate} ago />] as [string, ReactNode]] : []),
        ...(facts.CustomKeyStoreId ? [[t("store"), <Name key="store">{facts.CustomKeyStoreId}</Name>] as [string, ReactNode]] : []),
      ]}
    />
  );
}
