// The policy of one resource or role: written with help, replayed over the past, saved in its place.
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { CliPanel, ErrorAlert, flash, useAction, useUnsaved } from "@/kit";
import { isJson } from "./documents";
import { PolicyEditor } from "./PolicyEditor";
import { TryDraft } from "./TryDraft";

interface Properties {
  kind: "RESOURCE_POLICY" | "TRUST_POLICY";
  /** What the policy hangs on; without it, it cannot be replayed. */
  arn: string | undefined;
  /** The policy in force. Give the component a key of it, so that it begins anew once another is saved. */
  document: string;
  /** The word of the button, and what is said afterwards. */
  words: [save: string, saved: string];
  /** The call that saves, and the command that does the same. */
  put: (document: string) => { command: string; send: () => Promise<unknown> };
  onSaved: () => void;
}

export function EditAttachedPolicy({ kind, arn, document, words: [saveWord, savedWord], put, onSaved }: Properties) {
  const [text, setText] = useState(document);
  const isChanged = text !== document;
  const unsaved = useUnsaved(isChanged);
  const { command, send } = put(text);
  const save = useAction(async () => {
    await send();
    unsaved.forget();
    flash("success", savedWord);
    onSaved();
  });
  return (
    <SpaceBetween size="l">
      <PolicyEditor value={text} onChange={setText} policyType="RESOURCE_POLICY" {...(kind === "TRUST_POLICY" ? { resourceType: "AWS::IAM::AssumeRolePolicyDocument" } : {})} />
      {arn ? <TryDraft kind={kind} document={text} before={document} resource={arn} replaces={arn} /> : null}
      <ErrorAlert error={save.error} />
      <Button variant="primary" disabled={!isChanged || !isJson(text)} loading={save.busy} onClick={() => void save.run()}>
        {saveWord}
      </Button>
      {isChanged ? <CliPanel commands={[command]} /> : null}
    </SpaceBetween>
  );
}
