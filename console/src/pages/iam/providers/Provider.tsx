// One identity provider, and what can be changed of it.
import {
  AddClientIDToOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  GetSAMLProviderCommand,
  IAMClient,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateSAMLProviderCommand,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, Copyable, ErrorAlert, flash, KeyValues, Lines, linesOf, Name, Page, Time, useAction, useCall } from "@/kit";
import { navigate, to } from "@/router";
import { useClient } from "@/session";
import { type Change, change, commandsOf, makeChanges } from "../changes";
import { common } from "../strings/common";
import { strings } from "../strings/account";
import { DeleteProvider } from "./DeleteProvider";
import { isSaml, providerName } from "./list";

export function ProviderPage({ arn }: { arn: string }) {
  const t = useText(strings);
  const c = useText(common);
  const [deleting, setDeleting] = useState(false);
  const actions = (
    <Button
      onClick={() => {
        setDeleting(true);
      }}
    >
      {c("delete")}
    </Button>
  );
  return (
    <Page title={providerName(arn)} crumbs={[{ text: t("providers"), to: to("iam", "providers") }]} actions={actions} help={t("providersHelp")}>
      {isSaml(arn) ? <Saml arn={arn} /> : <Oidc arn={arn} />}
      {deleting ? (
        <DeleteProvider
          arn={arn}
          onClose={(done) => {
            setDeleting(false);
            if (done) navigate(to("iam", "providers"));
          }}
        />
      ) : null}
    </Page>
  );
}

function Saml({ arn }: { arn: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const found = useCall((abortSignal) => iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: arn }), { abortSignal }), [iam, arn]);
  return (
    <SpaceBetween size="l">
      <ErrorAlert error={found.error} onRetry={found.reload} />
      <Container header={<Header>{t("saml")}</Header>}>
        <KeyValues
          facts={[
            [c("arn"), <Copyable key="arn">{arn}</Copyable>],
            [c("created"), <Time key="created" at={found.data?.CreateDate} />],
            [t("validUntil"), <Time key="until" at={found.data?.ValidUntil} />],
          ]}
        />
      </Container>
      {found.data ? (
        <Edit
          title={t("metadata")}
          fields={[{ label: t("metadata"), description: t("metadataHint"), value: found.data.SAMLMetadataDocument ?? "", rows: 16 }]}
          changesOf={([SAMLMetadataDocument]) => {
            const input = { SAMLProviderArn: arn, SAMLMetadataDocument };
            return [change("UpdateSAMLProvider", input, (client) => client.send(new UpdateSAMLProviderCommand(input)))];
          }}
          onSaved={found.reload}
        />
      ) : null}
    </SpaceBetween>
  );
}

function clientChanges(arn: string, before: string[], after: string[]): Change[] {
  const input = (ClientID: string) => ({ OpenIDConnectProviderArn: arn, ClientID });
  const added = after.filter((one) => !before.includes(one)).map(input);
  const removed = before.filter((one) => !after.includes(one)).map(input);
  return [
    ...added.map((one) => change("AddClientIDToOpenIDConnectProvider", one, (iam) => iam.send(new AddClientIDToOpenIDConnectProviderCommand(one)))),
    ...removed.map((one) => change("RemoveClientIDFromOpenIDConnectProvider", one, (iam) => iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand(one)))),
  ];
}

function Oidc({ arn }: { arn: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const found = useCall((abortSignal) => iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }), { abortSignal }), [iam, arn]);
  const { ClientIDList = [], ThumbprintList = [] } = found.data ?? {};
  return (
    <SpaceBetween size="l">
      <ErrorAlert error={found.error} onRetry={found.reload} />
      <Container header={<Header>{t("oidc")}</Header>}>
        <KeyValues
          facts={[
            [c("arn"), <Copyable key="arn">{arn}</Copyable>],
            [t("url"), <Name key="url">{found.data?.Url}</Name>],
            [c("created"), <Time key="created" at={found.data?.CreateDate} />],
          ]}
        />
      </Container>
      {found.data ? (
        <Edit
          key={JSON.stringify([ClientIDList, ThumbprintList])}
          title={t("clients")}
          fields={[
            { label: t("clients"), description: t("clientsHint"), value: ClientIDList.join("\n") },
            { label: t("thumbprints"), description: t("thumbprintsHint"), value: ThumbprintList.join("\n") },
          ]}
          changesOf={([clients = "", thumbprints = ""]) => {
            const input = { OpenIDConnectProviderArn: arn, ThumbprintList: linesOf(thumbprints) };
            const isSame = linesOf(thumbprints).join() === ThumbprintList.join();
            return [
              ...clientChanges(arn, ClientIDList, linesOf(clients)),
              ...(isSame ? [] : [change("UpdateOpenIDConnectProviderThumbprint", input, (client) => client.send(new UpdateOpenIDConnectProviderThumbprintCommand(input)))]),
            ];
          }}
          onSaved={found.reload}
        />
      ) : null}
    </SpaceBetween>
  );
}

interface EditProperties {
  title: string;
  fields: { label: string; description: string; value: string; rows?: number }[];
  changesOf: (values: string[]) => Change[];
  onSaved: () => void;
}

function Edit({ title, fields, changesOf, onSaved }: EditProperties) {
  const c = useText(common);
  const iam = useClient(IAMClient);
  const given = fields.map(({ value }) => value);
  const [values, setValues] = useState(given);
  const isSame = values.every((value, index) => value === given[index]);
  const changes = isSame ? [] : changesOf(values);
  const save = useAction(async () => {
    await makeChanges(iam, changes);
    flash("success", c("saved"));
    onSaved();
  });
  return (
    <Container header={<Header>{title}</Header>}>
      <SpaceBetween size="m">
        {fields.map((field, index) => (
          <Lines
            {...field}
            key={field.label}
            value={values[index] ?? ""}
            onChange={(value) => {
              setValues(values.map((one, at) => (at === index ? value : one)));
            }}
          />
        ))}
        <Button variant="primary" disabled={changes.length === 0} loading={save.busy} onClick={() => void save.run()}>
          {c("save")}
        </Button>
        {changes.length > 0 ? <CliPanel commands={commandsOf(changes)} /> : null}
        <ErrorAlert error={save.error} />
      </SpaceBetween>
    </Container>
  );
}
