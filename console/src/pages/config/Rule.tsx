// One rule: what it asks for, what it says of each resource, when it last looked.
import {
  type ConfigRule,
  ConfigServiceClient,
  DescribeComplianceByConfigRuleCommand,
  DescribeConfigRuleEvaluationStatusCommand,
  DescribeConfigRulesCommand,
  StartConfigRulesEvaluationCommand,
} from "@aws-sdk/client-config-service";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, cli, ErrorAlert, flash, Page, useAction, useCall } from "@/kit";
import { navigate, to } from "@/router";
import { useClient } from "@/session";
import { DeleteResults, DeleteRule } from "./DeleteRule";
import { PolicyText } from "./PolicyText";
import { RuleFacts } from "./RuleFacts";
import { strings } from "./strings";
import { Verdicts } from "./Verdicts";

const LOOK_AGAIN_MILLISECONDS = 5000;

export function RulePage({ name }: { name: string }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const [open, setOpen] = useState<"delete" | "results">();
  const [turn, setTurn] = useState(0);
  const rule = useCall(
    async (abortSignal): Promise<ConfigRule | undefined> => (await config.send(new DescribeConfigRulesCommand({ ConfigRuleNames: [name] }), { abortSignal })).ConfigRules?.[0],
    [config, name],
  );
  const status = useCall(
    async (abortSignal) => (await config.send(new DescribeConfigRuleEvaluationStatusCommand({ ConfigRuleNames: [name] }), { abortSignal })).ConfigRulesEvaluationStatus?.[0],
    [config, name, turn],
    { every: LOOK_AGAIN_MILLISECONDS },
  );
  const compliance = useCall(
    async (abortSignal) => (await config.send(new DescribeComplianceByConfigRuleCommand({ ConfigRuleNames: [name] }), { abortSignal })).ComplianceByConfigRules?.[0]?.Compliance,
    [config, name, turn],
    { every: LOOK_AGAIN_MILLISECONDS },
  );
  const start = { ConfigRuleNames: [name] };
  const evaluate = useAction(async () => {
    await config.send(new StartConfigRulesEvaluationCommand(start));
    flash("info", t("evaluating", { name }));
    setTurn((count) => count + 1);
  });
  const show = (dialog: "delete" | "results") => () => {
    setOpen(dialog);
  };
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={show("delete")}>{t("deleteRule")}</Button>
      <Button onClick={show("results")}>{t("deleteResults")}</Button>
      <Button
        onClick={() => {
          navigate(to("config", "rules", name, "edit"));
        }}
      >
        {t("edit")}
      </Button>
      <Button variant="primary" loading={evaluate.busy} onClick={() => void evaluate.run()}>
        {t("evaluate")}
      </Button>
    </SpaceBetween>
  );
  const verdict = `${compliance.data?.ComplianceType ?? ""}${compliance.data?.ComplianceContributorCount?.CappedCount ?? ""}`;
  return (
    <Page title={name} description={<bdi>{rule.data?.Description}</bdi>} crumbs={[{ text: t("rules"), to: to("config", "rules") }]} actions={actions} help={t("helpRules")}>
      <ErrorAlert error={rule.error} onRetry={rule.reload} />
      <ErrorAlert error={evaluate.error} />
      <ErrorAlert compact error={status.error} onRetry={status.reload} />
      <ErrorAlert compact error={compliance.error} onRetry={compliance.reload} />
      <Container footer={<CliPanel commands={[cli("configservice", "StartConfigRulesEvaluation", start)]} />}>
        <RuleFacts rule={rule.data} status={status.data} compliance={compliance.data?.ComplianceType} />
      </Container>
      <Verdicts rule={name} version={`${turn}${verdict}${status.data?.LastSuccessfulEvaluationTime?.toISOString() ?? ""}`} />
      {rule.data?.Source?.Owner === "CUSTOM_POLICY" ? <PolicyText rule={name} /> : null}
      {open === "delete" ? (
        <DeleteRule
          name={name}
          onClose={(done) => {
            setOpen(undefined);
            if (done) navigate(to("config", "rules"));
          }}
        />
      ) : null}
      {open === "results" ? (
        <DeleteResults
          name={name}
          onClose={() => {
            setOpen(undefined);
            setTurn(turn + 1);
          }}
        />
      ) : null}
    </Page>
  );
}
