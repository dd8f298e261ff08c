// A new role: who may assume it, what it may do.
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, ErrorAlert, flash, Page, TextField, useAction, useUnsaved } from "@/kit";
import { navigate, to } from "@/router";
import { useClient, useSession } from "@/session";
import { change, commandsOf, makeChanges } from "../changes";
import { attach } from "../holders";
import { rolePage } from "../names";
import { PolicyTable } from "../permissions/ChoosePolicies";
import { isJson } from "../policies/documents";
import { PolicyEditor } from "../policies/PolicyEditor";
import { common } from "../strings/common";
import { strings } from "../strings/roles";
import { type TrustAnswers, trustPolicy } from "./trust";
import { TrustFields } from "./TrustFields";

export function CreateRolePage() {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const { person } = useSession();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [policies, setPolicies] = useState<string[]>([]);
  const [answers, setAnswers] = useState<TrustAnswers>({
    kind: "account",
    own: person?.account ?? "",
    account: "",
    service: "cloudtrail.amazonaws.com",
    provider: "",
    audience: "",
    mfa: false,
    externalId: "",
  });
  const [edited, setEdited] = useState<string>();
  const trust = edited ?? trustPolicy(answers);
  const input = { RoleName: name, AssumeRolePolicyDocument: trust, ...(description ? { Description: description } : {}) };
  const changes = [
    change("CreateRole", input, (client) => client.send(new CreateRoleCommand(input))),
    ...policies.map((arn) => attach({ kind: "role", name }, arn)),
  ];
  const unsaved = useUnsaved(name !== "" || edited !== undefined || policies.length > 0);
  const create = useAction(async () => {
    await makeChanges(iam, changes);
    unsaved.forget();
    flash("success", t("createdRole", { name }));
    navigate(rolePage(name));
  });
  return (
    <Page title={t("createRole")} crumbs={[{ text: t("roles"), to: to("iam", "roles") }]} help={t("rolesHelp")}>
      <Container header={<Header>{t("role")}</Header>}>
        <SpaceBetween size="m">
          <TextField label={t("roleName")} description={t("roleNameHint")} value={name} onChange={setName} autoFocus />
          <TextField label={c("description")} value={description} onChange={setDescription} />
          <TrustFields
            answers={answers}
            onChange={(given) => {
              setAnswers(given);
              setEdited(undefined);
            }}
          />
        </SpaceBetween>
      </Container>
      <PolicyEditor value={trust} onChange={setEdited} policyType="RESOURCE_POLICY" resourceType="AWS::IAM::AssumeRolePolicyDocument" />
      <Container>
        <PolicyTable most="multi" onChoose={setPolicies} />
      </Container>
      <ErrorAlert error={create.error} />
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="primary" disabled={name === "" || !isJson(trust)} loading={create.busy} onClick={() => void create.run()}>
          {t("createRole")}
        </Button>
        <Button
          onClick={() => {
            navigate(to("iam", "roles"));
          }}
        >
          {c("cancel")}
        </Button>
      </SpaceBetween>
      <CliPanel commands={commandsOf(changes)} />
    </Page>
  );
}
