// The page of an inline policy: a new one, or one to edit.
import { IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, ErrorAlert, flash, Page, prettyJson, TextField, useAction, useCall, useUnsaved } from "@/kit";
import { navigate } from "@/router";
import { useClient } from "@/session";
import { getInline, type Holder, holderText, putInline } from "../holders";
import { holderPage } from "../names";
import { EMPTY_POLICY, isJson } from "../policies/documents";
import { PolicyEditor } from "../policies/PolicyEditor";
import { TryDraft } from "../policies/TryDraft";
import { common } from "../strings/common";
import { strings } from "../strings/policies";

export function InlinePolicyPage({ holder, policy }: { holder: Holder; policy?: string }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const found = useCall(async (signal) => (policy === undefined ? undefined : prettyJson(await getInline(iam, holder, policy, signal))), [iam, policy]);
  return (
    <Page title={policy ?? t("inlinePolicy")} description={t("inlineText")} crumbs={[{ text: holder.name, to: holderPage(holder) }]} help={t("policiesHelp")}>
      <ErrorAlert error={found.error} onRetry={found.reload} />
      {policy === undefined ? <Form holder={holder} /> : null}
      {policy !== undefined && found.data !== undefined ? <Form holder={holder} policy={policy} document={found.data} /> : null}
    </Page>
  );
}

function Form({ holder, policy, document }: { holder: Holder; policy?: string; document?: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [name, setName] = useState(policy ?? "");
  const [text, setText] = useState(document ?? EMPTY_POLICY);
  const isChanged = text !== (document ?? EMPTY_POLICY);
  const unsaved = useUnsaved(isChanged);
  const put = putInline(holder, name, text);
  const back = () => {
    navigate(holderPage(holder));
  };
  const save = useAction(async () => {
    await put.send(iam);
    unsaved.forget();
    flash("success", t("savedInline", { name }));
    back();
  });
  return (
    <SpaceBetween size="l">
      {policy === undefined ? <TextField label={t("policyName")} description={t("policyNameHint")} value={name} onChange={setName} autoFocus /> : null}
      <PolicyEditor value={text} onChange={setText} />
      <TryDraft
        kind="IDENTITY_POLICY"
        document={text}
        principal={holderText(holder)}
        {...(document === undefined ? {} : { before: document, replaces: `${holderText(holder)}/${name}` })}
      />
      <ErrorAlert error={save.error} />
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="primary" disabled={name === "" || !isChanged || !isJson(text)} loading={save.busy} onClick={() => void save.run()}>
          {t("saveInline")}
        </Button>
        <Button onClick={back}>{c("cancel")}</Button>
      </SpaceBetween>
      <CliPanel commands={[put.command]} />
    </SpaceBetween>
  );
}
