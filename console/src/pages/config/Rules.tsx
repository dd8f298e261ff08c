// The list of rules, with whether each is complied with.
import {
  type ComplianceByConfigRule,
  type ConfigRule,
  ConfigServiceClient,
  DescribeComplianceByConfigRuleCommand,
  DescribeConfigRulesCommand,
  StartConfigRulesEvaluationCommand,
} from "@aws-sdk/client-config-service";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, flash, Name, Page, ResourceTable, useAction } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { Compliance } from "./Compliance";
import { DeleteRule } from "./DeleteRule";
import { rulePage } from "./names";
import { State } from "./State";
import { strings } from "./strings";

interface Row extends ConfigRule {
  compliance?: ComplianceByConfigRule["Compliance"];
}

export function RulesPage() {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const [deleting, setDeleting] = useState<string>();
  const [version, setVersion] = useState(0);
  const [unseen, setUnseen] = useState<unknown>();
  const evaluate = useAction(async (name: string) => {
    await config.send(new StartConfigRulesEvaluationCommand({ ConfigRuleNames: [name] }));
    flash("info", t("evaluating", { name }));
  });
  const load = async ({ token, signal }: { token: string | undefined; signal: AbortSignal }) => {
    const answer = await config.send(new DescribeConfigRulesCommand({ NextToken: token }), { abortSignal: signal });
    const rules = answer.ConfigRules ?? [];
    const names = rules.flatMap(({ ConfigRuleName }) => (ConfigRuleName ? [ConfigRuleName] : []));
    return { items: await withCompliance(rules, names, signal), next: answer.NextToken };
  };
  // Somebody may be allowed to see the rules and not what they found.
  const withCompliance = async (rules: ConfigRule[], names: string[], abortSignal: AbortSignal): Promise<Row[]> => {
    if (names.length === 0) return rules;
    try {
      const answer = await config.send(new DescribeComplianceByConfigRuleCommand({ ConfigRuleNames: names }), { abortSignal });
      setUnseen(undefined);
      const known = new Map(answer.ComplianceByConfigRules?.map((one) => [one.ConfigRuleName, one.Compliance]));
      return rules.map((rule) => ({ ...rule, compliance: known.get(rule.ConfigRuleName) }));
    } catch (error) {
      if (abortSignal.aborted) throw error;
      setUnseen(error);
      return rules;
    }
  };
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        navigate(to("config", "rules", "-", "new"));
      }}
    >
      {t("createRule")}
    </Button>
  );
  return (
    <Page title={t("rules")} description={t("rulesText")} help={t("helpRules")}>
      <ErrorAlert compact error={unseen} />
      <ErrorAlert error={evaluate.error} />
      <ResourceTable<Row>
        name="config.rules"
        title={t("rules")}
        dependencies={[config, version]}
        load={load}
        id={(rule) => rule.ConfigRuleName ?? ""}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (rule) => rule.ConfigRuleName,
            cell: (rule) => (
              <Link to={rulePage(rule.ConfigRuleName ?? "")}>
                <Name>{rule.ConfigRuleName}</Name>
              </Link>
            ),
            minWidth: 320,
          },
          {
            id: "compliance",
            header: t("compliance"),
            value: (rule) => rule.compliance?.ComplianceType,
            cell: (rule) => <Compliance>{rule.compliance?.ComplianceType}</Compliance>,
            minWidth: 160,
          },
          {
            id: "broken",
            header: t("broken"),
            value: (rule) => rule.compliance?.ComplianceContributorCount?.CappedCount,
            cell: ({ compliance }) =>
              compliance?.ComplianceContributorCount
                ? `${compliance.ComplianceContributorCount.CappedCount ?? 0}${compliance.ComplianceContributorCount.CapExceeded ? "+" : ""}`
                : "—",
            minWidth: 130,
          },
          { id: "kind", header: t("kind"), value: (rule) => (rule.Source?.Owner ? t(rule.Source.Owner) : undefined), minWidth: 130 },
          { id: "identifier", header: t("identifier"), value: (rule) => rule.Source?.SourceIdentifier, minWidth: 260 },
          { id: "state", header: t("state"), value: (rule) => rule.ConfigRuleState, cell: (rule) => <State>{rule.ConfigRuleState}</State>, hidden: true },
          { id: "description", header: t("description"), value: (rule) => rule.Description, hidden: true },
        ]}
        selection="single"
        actions={([chosen], reload) => (
          <>
            <Button
              disabled={!chosen}
              loading={evaluate.busy}
              onClick={() => {
                void evaluate.run(chosen?.ConfigRuleName ?? "").then(reload);
              }}
            >
              {t("evaluate")}
            </Button>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen?.ConfigRuleName);
              }}
            >
              {t("deleteRule")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("rulesEmpty"), text: t("rulesEmptyText"), action: create }}
      />
      {deleting ? (
        <DeleteRule
          name={deleting}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
    </Page>
  );
}
