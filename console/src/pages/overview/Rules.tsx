// Config's rules: how many are kept, and which are broken.
import { type ComplianceByConfigRule, ConfigServiceClient, DescribeComplianceByConfigRuleCommand } from "@aws-sdk/client-config-service";
import { useText } from "@/i18n";
import { type Called, Name, PlainTable, useCall } from "@/kit";
import { Link, to } from "@/router";
import { useClient } from "@/session";
import { EVERY, MOST_ROWS } from "./limits";
import { strings } from "./strings";

const MOST_PAGES = 20;

export interface Rules {
  kept: number;
  broken: ComplianceByConfigRule[];
}

export function useRules(): Called<Rules> {
  const config = useClient(ConfigServiceClient);
  return useCall(
    async (abortSignal) => {
      const found: ComplianceByConfigRule[] = [];
      let NextToken: string | undefined;
      for (let page = 0; page < MOST_PAGES; page++) {
        const answer = await config.send(new DescribeComplianceByConfigRuleCommand({ NextToken }), { abortSignal });
        found.push(...(answer.ComplianceByConfigRules ?? []));
        NextToken = answer.NextToken;
        if (!NextToken) break;
      }
      const of = (type: string) => found.filter((rule) => rule.Compliance?.ComplianceType === type);
      const broken = of("NON_COMPLIANT").sort((one, other) => countOf(other) - countOf(one));
      return { kept: of("COMPLIANT").length, broken };
    },
    [config],
    { every: EVERY },
  );
}

function countOf(rule: ComplianceByConfigRule): number {
  return rule.Compliance?.ComplianceContributorCount?.CappedCount ?? 0;
}

export function BrokenRules({ rules }: { rules: Called<Rules> }) {
  const t = useText(strings);
  return (
    <PlainTable<ComplianceByConfigRule>
      title={t("broken")}
      items={(rules.data?.broken ?? []).slice(0, MOST_ROWS)}
      loading={rules.loading}
      error={rules.error}
      onReload={rules.reload}
      id={(rule) => rule.ConfigRuleName ?? ""}
      columns={[
        {
          id: "rule",
          header: t("rule"),
          cell: (rule) => (
            <Link to={to("config", "rules", rule.ConfigRuleName ?? "")}>
              <Name>{rule.ConfigRuleName}</Name>
            </Link>
          ),
        },
        {
          id: "resources",
          isNumber: true,
          header: t("resources"),
          cell: (rule) => (rule.Compliance?.ComplianceContributorCount?.CapExceeded ? t("orMore", { count: countOf(rule) }) : countOf(rule)),
        },
      ]}
      empty={{ title: t("noBroken"), text: t("noBrokenText") }}
    />
  );
}
