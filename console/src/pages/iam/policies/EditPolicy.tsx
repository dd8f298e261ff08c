// Editing a managed policy: the draft is tried, and saved as a version of its own.
import { CreatePolicyVersionCommand, DeletePolicyVersionCommand, IAMClient, ListPolicyVersionsCommand } from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, ErrorAlert, flash, useAction, useCall, useUnsaved } from "@/kit";
import { useClient } from "@/session";
import { change, commandsOf, makeChanges } from "../changes";
import { holderText } from "../holders";
import { strings } from "../strings/policies";
import { isJson } from "./documents";
import { listEntities } from "./entities";
import { PolicyEditor } from "./PolicyEditor";
import { TryDraft } from "./TryDraft";

const MOST_VERSIONS = 5;

export function EditPolicy({ arn, document, onSaved }: { arn: string; document: string; onSaved: () => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [text, setText] = useState(document);
  const [replaceOldest, setReplaceOldest] = useState(true);
  const [principal, setPrincipal] = useState<string>();
  const unsaved = useUnsaved(text !== document);
  const versions = useCall(async (abortSignal) => (await iam.send(new ListPolicyVersionsCommand({ PolicyArn: arn }), { abortSignal })).Versions ?? [], [iam, arn]);
  const holders = useCall(async (signal) => (await listEntities(iam, arn, signal)).map((entity) => ({ ...entity, text: holderText(entity) })), [iam, arn]);
  const isFull = (versions.data?.length ?? 0) >= MOST_VERSIONS;
  const oldest = versions.data?.filter((one) => !one.IsDefaultVersion).at(-1)?.VersionId;
  const created = { PolicyArn: arn, PolicyDocument: text, SetAsDefault: true };
  const changes = [
    ...(isFull && replaceOldest && oldest
      ? [change("DeletePolicyVersion", { PolicyArn: arn, VersionId: oldest }, (client) => client.send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: oldest })))]
      : []),
    change("CreatePolicyVersion", created, (client) => client.send(new CreatePolicyVersionCommand(created))),
  ];
  const save = useAction(async () => {
    await makeChanges(iam, changes);
    unsaved.forget();
    flash("success", t("savedVersion"));
    onSaved();
  });
  const chosen = principal ?? holders.data?.[0]?.text;
  const isBoundary = holders.data?.find((one) => one.text === chosen)?.usage === "PermissionsBoundary";
  return (
    <SpaceBetween size="l">
      <Box color="text-body-secondary">{t("editText")}</Box>
      <PolicyEditor value={text} onChange={setText} />
      {holders.data && holders.data.length > 1 ? (
        <FormField label={t("replayPrincipal")}>
          <Select
            filteringType="auto"
            selectedOption={{ value: chosen ?? "", label: chosen ?? "" }}
            options={holders.data.map((one) => ({ value: one.text, label: one.text }))}
            onChange={({ detail }) => {
              setPrincipal(detail.selectedOption.value);
            }}
          />
        </FormField>
      ) : null}
      <TryDraft
        key={chosen ?? ""}
        kind={isBoundary ? "PERMISSIONS_BOUNDARY" : "IDENTITY_POLICY"}
        document={text}
        before={document}
        {...(chosen ? { principal: chosen, ...(isBoundary ? {} : { replaces: arn }) } : {})}
      />
      {isFull && text !== document ? (
        <Alert type="warning">
          <SpaceBetween size="xs">
            {t("tooManyVersions")}
            <Checkbox
              checked={replaceOldest}
              onChange={({ detail }) => {
                setReplaceOldest(detail.checked);
              }}
            >
              {t("deleteOldest", { version: oldest ?? "" })}
            </Checkbox>
          </SpaceBetween>
        </Alert>
      ) : null}
      <ErrorAlert error={save.error} />
      <Button variant="primary" disabled={text === document || !isJson(text)} loading={save.busy} onClick={() => void save.run()}>
        {t("save")}
      </Button>
      {text === document ? null : <CliPanel commands={commandsOf(changes)} />}
    </SpaceBetween>
  );
}
