// The hosts that took part in a run, and what could not be decided about them.
import { sayWord, useText } from "@/i18n";
import { Name, PlainTable, ResourceTable, type Sign, StatusWord, useCall } from "@/kit";
import { useRegion } from "@/session";
import { classic, exclusionsOf, type RunAgent } from "./api";
import { classicStrings } from "./strings";

const SIGNS = { HEALTHY: "success", UNHEALTHY: "error", UNKNOWN: "pending" } as const satisfies Record<string, Sign>;

function Health({ children }: { children: string }) {
  return (
    <StatusWord signs={SIGNS} say={useText(classicStrings)}>
      {children}
    </StatusWord>
  );
}

export function RunHosts({ arn, state }: { arn: string; state: string | undefined }) {
  const t = useText(classicStrings);
  const region = useRegion();
  const exclusions = useCall((signal) => exclusionsOf(arn, signal), [region, arn, state]);
  return (
    <div className="g-page">
      <ResourceTable<RunAgent>
        name="inspector.run-hosts"
        title={t("hosts")}
        dependencies={[region, arn, state]}
        load={async ({ token, signal }) => {
          const input = { assessmentRunArn: arn, maxResults: 50, ...(token ? { nextToken: token } : {}) };
          const answer = await classic<{ assessmentRunAgents: RunAgent[]; nextToken?: string }>("ListAssessmentRunAgents", input, signal);
          return { items: answer.assessmentRunAgents, next: answer.nextToken };
        }}
        id={(one) => one.agentId}
        columns={[
          { id: "id", header: t("host"), value: (one) => one.agentId },
          { id: "health", header: t("health"), value: (one) => sayWord(classicStrings, one.agentHealth), cell: (one) => <Health>{one.agentHealth}</Health> },
          { id: "code", header: t("healthCode"), value: (one) => sayWord(classicStrings, one.agentHealthCode) },
          { id: "details", header: t("details"), value: (one) => one.agentHealthDetails },
        ]}
        empty={{ title: t("runHostsEmpty"), text: t("runHostsEmptyText") }}
      />
      <PlainTable
        title={t("exclusions")}
        description={t("exclusionsText")}
        items={exclusions.data ?? []}
        id={(one) => one.arn}
        loading={exclusions.loading}
        error={exclusions.error}
        onReload={exclusions.reload}
        columns={[
          { id: "title", header: t("title"), cell: (one) => <Name>{one.title}</Name> },
          { id: "description", header: t("details"), cell: (one) => <bdi>{one.description}</bdi> },
          { id: "fix", header: t("fix"), cell: (one) => <bdi>{one.recommendation}</bdi> },
        ]}
        empty={{ title: t("noExclusions"), text: t("noExclusionsText") }}
      />
    </div>
  );
}
