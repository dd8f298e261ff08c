// The pages on which a rule is made or changed, and tried on the past before it is saved.
import { ConfigServiceClient, DescribeConfigRulesCommand, GetCustomRulePolicyCommand, PutConfigRuleCommand } from "@aws-sdk/client-config-service";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, cli, ErrorAlert, flash, Page, useAction, useCall } from "@/kit";
import { navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { ruleCalled, useCatalogue } from "./catalogue";
import { configRuleOf, type Draft, draftOf, emptyDraft, isComplete } from "./draft";
import { rulePage } from "./names";
import { Replay } from "./Replay";
import { RuleFields } from "./RuleFields";
import { strings } from "./strings";

export function NewRulePage() {
  const t = useText(strings);
  const [identifier] = useQueryValue("identifier");
  return (
    <Page title={t("createRule")} crumbs={[{ text: t("rules"), to: to("config", "rules") }]} help={t("helpReplay")}>
      <RuleForm beginning={emptyDraft(identifier)} isNew />
    </Page>
  );
}

export function EditRulePage({ name }: { name: string }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const rule = useCall(
    async (abortSignal) => {
      const [found] = (await config.send(new DescribeConfigRulesCommand({ ConfigRuleNames: [name] }), { abortSignal })).ConfigRules ?? [];
      if (found?.Source?.Owner !== "CUSTOM_POLICY") return { found, policy: "" };
      return { found, policy: (await config.send(new GetCustomRulePolicyCommand({ ConfigRuleName: name }), { abortSignal })).PolicyText ?? "" };
    },
    [config, name],
  );
  const found = rule.data?.found;
  const crumbs = [
    { text: t("rules"), to: to("config", "rules") },
    { text: name, to: rulePage(name) },
  ];
  return (
    <Page title={t("editRule")} crumbs={crumbs} help={t("helpReplay")}>
      <ErrorAlert error={rule.error} onRetry={rule.reload} />
      {rule.loading && !found ? <Spinner /> : null}
      {found?.Source?.Owner === "CUSTOM_LAMBDA" ? <Alert type="info">{t("programRule")}</Alert> : null}
      {found && found.Source?.Owner !== "CUSTOM_LAMBDA" ? <RuleForm beginning={draftOf(found, rule.data?.policy ?? "")} isNew={false} /> : null}
    </Page>
  );
}

function RuleForm({ beginning, isNew }: { beginning: Draft; isNew: boolean }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const catalogue = useCatalogue();
  const [draft, setDraft] = useState(beginning);
  const managed = ruleCalled(catalogue.data, draft.identifier);
  const complete = isComplete(draft, managed);
  const input = { ConfigRule: configRuleOf(draft) };
  const save = useAction(async () => {
    await config.send(new PutConfigRuleCommand(input));
    flash("success", t("ruleSaved", { name: draft.name }));
    navigate(rulePage(draft.name));
  });
  return (
    <SpaceBetween size="l">
      <Container footer={<CliPanel commands={[cli("configservice", "PutConfigRule", input)]} />}>
        <SpaceBetween size="m">
          <ErrorAlert error={catalogue.error} onRetry={catalogue.reload} />
          <RuleFields draft={draft} onChange={setDraft} catalogue={catalogue.data ?? []} managed={managed} isNew={isNew} />
          <ErrorAlert error={save.error} />
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="primary" disabled={!complete || draft.name === ""} loading={save.busy} onClick={() => void save.run()}>
              {t("saveRule")}
            </Button>
            <Button
              variant="link"
              onClick={() => {
                navigate(isNew ? to("config", "rules") : rulePage(draft.name));
              }}
            >
              {t("cancel")}
            </Button>
          </SpaceBetween>
        </SpaceBetween>
      </Container>
      <Replay draft={draft} ready={complete} />
    </SpaceBetween>
  );
}
