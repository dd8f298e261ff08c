// A new managed policy: written with help, tried over the past, saved, and attached at once where one wants.
import { CreatePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, flash, Page, TextField, useAction, useUnsaved } from "@/kit";
import { navigate, to, useQueryValue } from "@/router";
import { useClient, useSession } from "@/session";
import { attach } from "../holders";
import { policyPage } from "../names";
import { common } from "../strings/common";
import { strings } from "../strings/policies";
import { EMPTY_POLICY, isJson } from "./documents";
import { PolicyEditor } from "./PolicyEditor";
import { TryDraft } from "./TryDraft";
import { readHolder } from "./readHolder";

export function CreatePolicyPage() {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const { person } = useSession();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [text, setText] = useState(EMPTY_POLICY);
  const [wanted] = useQueryValue("for");
  const [holder, setHolder] = useState(wanted);
  const unsaved = useUnsaved(text !== EMPTY_POLICY);
  const input = { PolicyName: name, PolicyDocument: text, ...(description ? { Description: description } : {}) };
  const target = readHolder(holder);
  const create = useAction(async () => {
    const made = (await iam.send(new CreatePolicyCommand(input))).Policy?.Arn ?? "";
    if (target) await attach(target, made).send(iam);
    flash("success", t("createdPolicy", { name }));
    unsaved.forget();
    navigate(policyPage(made));
  });
  const draftArn = `arn:aws:iam::${person?.account ?? ""}:policy/${name}`;
  const isReady = name !== "" && isJson(text) && (holder === "" || target !== undefined);
  return (
    <Page title={t("createPolicy")} crumbs={[{ text: t("policies"), to: to("iam", "policies") }]} help={t("policiesHelp")}>
      <Container header={<Header>{t("policy")}</Header>}>
        <SpaceBetween size="m">
          <TextField label={t("policyName")} description={t("policyNameHint")} value={name} onChange={setName} autoFocus />
          <TextField label={c("description")} description={t("descriptionHint")} value={description} onChange={setDescription} />
          <TextField label={t("attachDraft")} description={t("attachDraftHint")} value={holder} onChange={setHolder} />
        </SpaceBetween>
      </Container>
      <PolicyEditor value={text} onChange={setText} />
      <TryDraft key={target ? holder : ""} kind="IDENTITY_POLICY" document={text} {...(target ? { principal: holder.trim() } : {})} />
      <ErrorAlert error={create.error} />
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="primary" disabled={!isReady} loading={create.busy} onClick={() => void create.run()}>
          {t("createPolicy")}
        </Button>
        <Button
          onClick={() => {
            navigate(to("iam", "policies"));
          }}
        >
          {c("cancel")}
        </Button>
      </SpaceBetween>
      <CliPanel commands={[cli("iam", "CreatePolicy", input), ...(target ? [attach(target, draftArn).command] : [])]} />
    </Page>
  );
}
