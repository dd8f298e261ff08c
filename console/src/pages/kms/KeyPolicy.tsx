// A key's policy: validated while it is typed, replayed over what was recorded, saved.
import { GetKeyPolicyCommand, KMSClient, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, ErrorAlert, flash, prettyJson, useAction, useCall, useUnsaved } from "@/kit";
import { useClient } from "@/session";
import { isJson } from "../iam/policies/documents";
import { PolicyEditor } from "../iam/policies/PolicyEditor";
import { TryDraft } from "../iam/policies/TryDraft";
import { change } from "./changes";
import { strings } from "./strings";

export function KeyPolicy({ id, arn }: { id: string; arn: string | undefined }) {
  const kms = useClient(KMSClient);
  const policy = useCall(async (abortSignal) => prettyJson((await kms.send(new GetKeyPolicyCommand({ KeyId: id }), { abortSignal })).Policy ?? ""), [kms, id]);
  return (
    <SpaceBetween size="l">
      <ErrorAlert error={policy.error} onRetry={policy.reload} />
      {policy.data === undefined ? null : <Edit key={policy.data} id={id} arn={arn} document={policy.data} onSaved={policy.reload} />}
    </SpaceBetween>
  );
}

interface Properties {
  id: string;
  arn: string | undefined;
  document: string;
  onSaved: () => void;
}

function Edit({ id, arn, document, onSaved }: Properties) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [text, setText] = useState(document);
  const unsaved = useUnsaved(text !== document);
  const input = { KeyId: id, Policy: text };
  const put = change("PutKeyPolicy", input, (client) => client.send(new PutKeyPolicyCommand(input)));
  const save = useAction(async () => {
    await put.send(kms);
    unsaved.forget();
    flash("success", t("saved"));
    onSaved();
  });
  return (
    <SpaceBetween size="l">
      <Box color="text-body-secondary">{t("policyText")}</Box>
      <PolicyEditor value={text} onChange={setText} policyType="RESOURCE_POLICY" />
      {arn ? <TryDraft kind="RESOURCE_POLICY" document={text} before={document} resource={arn} replaces={arn} /> : null}
      <ErrorAlert error={save.error} />
      <Button variant="primary" disabled={text === document || !isJson(text)} loading={save.busy} onClick={() => void save.run()}>
        {t("savePolicy")}
      </Button>
      {text === document ? null : <CliPanel commands={[put.command]} />}
    </SpaceBetween>
  );
}
