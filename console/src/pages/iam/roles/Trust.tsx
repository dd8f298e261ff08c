// A role's trust policy: who may assume it; edited, replayed, saved.
import { IAMClient, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, ErrorAlert, flash, Name, useAction, useUnsaved } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { change } from "../changes";
import { arnPage } from "../names";
import { isJson } from "../policies/documents";
import { PolicyEditor } from "../policies/PolicyEditor";
import { TryDraft } from "../policies/TryDraft";
import { strings } from "../strings/roles";
import { trustedIn } from "./trust";

interface Properties {
  name: string;
  arn: string;
  document: string;
  onSaved: () => void;
}

export function Trust({ name, arn, document, onSaved }: Properties) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [text, setText] = useState(document);
  const unsaved = useUnsaved(text !== document);
  const input = { RoleName: name, PolicyDocument: text };
  const update = change("UpdateAssumeRolePolicy", input, (client) => client.send(new UpdateAssumeRolePolicyCommand(input)));
  const save = useAction(async () => {
    await update.send(iam);
    unsaved.forget();
    flash("success", t("trustSaved"));
    onSaved();
  });
  return (
    <SpaceBetween size="l">
      <Container header={<Header description={t("trustText")}>{t("trusted")}</Header>}>
        <SpaceBetween size="xxs">
          {trustedIn(document).map((one) => (
            <Trusted key={one} arn={one} />
          ))}
        </SpaceBetween>
      </Container>
      <PolicyEditor value={text} onChange={setText} policyType="RESOURCE_POLICY" resourceType="AWS::IAM::AssumeRolePolicyDocument" />
      <TryDraft kind="TRUST_POLICY" document={text} before={document} resource={arn} replaces={arn} />
      <ErrorAlert error={save.error} />
      <Button variant="primary" disabled={text === document || !isJson(text)} loading={save.busy} onClick={() => void save.run()}>
        {t("saveTrust")}
      </Button>
      {text === document ? null : <CliPanel commands={[update.command]} />}
    </SpaceBetween>
  );
}

function Trusted({ arn }: { arn: string }) {
  const page = arnPage(arn);
  if (!page) return <Name>{arn}</Name>;
  return (
    <Link to={page}>
      <Name>{arn}</Name>
    </Link>
  );
}
