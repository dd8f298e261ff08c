// The resources that a check advises on, in AWS's columns; those that should not count are excluded here.
import {
  BatchUpdateRecommendationResourceExclusionCommand,
  ListChecksCommand,
  ListRecommendationResourcesCommand,
  ListRecommendationsCommand,
  type RecommendationResourceSummary,
  type ResourceStatus,
  TrustedAdvisorClient,
} from "@aws-sdk/client-trustedadvisor";
import Button from "@cloudscape-design/components/button";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { sayWord, useLanguage, useText } from "@/i18n";
import { cli, CliPanel, type Column, ErrorAlert, flash, Name, ResourceTable, Time, useAction, useCall } from "@/kit";
import { useQueryValue } from "@/router";
import { useClient } from "@/session";
import { rank, Status } from "./Status";
import { strings } from "./strings";

interface Properties {
  checkId: string;
  /** The names of the check's columns, in AWS's order. */
  columns: (string | null)[];
  version: number;
  onChange: () => void;
}

/** Columns of AWS's that the table has already. */
const SHOWN = new Set(["Status", "Region", "Region/AZ"]);

export function Recommended({ checkId, columns, version, onChange }: Properties) {
  const t = useText(strings);
  const language = useLanguage();
  const advisor = useClient(TrustedAdvisorClient);
  const [status, setStatus] = useQueryValue("status");
  const [changes, setChanges] = useState(0);
  const recommendation = useCall(
    async (abortSignal) => {
      const checkIdentifier = await checkArn(advisor, checkId, abortSignal);
      if (!checkIdentifier) return null;
      const answer = await advisor.send(new ListRecommendationsCommand({ checkIdentifier, type: "standard", language }), { abortSignal });
      return answer.recommendationSummaries?.[0]?.arn ?? null;
    },
    [advisor, checkId, language, version],
  );
  const arn = recommendation.data;
  const exclude = useAction(async (resources: RecommendationResourceSummary[], isExcluded: boolean) => {
    const exclusions = resources.map((one) => ({ arn: one.arn, isExcluded }));
    const answer = await advisor.send(new BatchUpdateRecommendationResourceExclusionCommand({ recommendationResourceExclusions: exclusions }));
    const failed = answer.batchUpdateRecommendationResourceExclusionErrors ?? [];
    if (failed.length > 0) throw new Error(failed.map((one) => one.errorMessage ?? one.errorCode).join(" "));
    flash("success", t(isExcluded ? "nowExcluded" : "nowIncluded", { count: resources.length }));
    setChanges(changes + 1);
    onChange();
  });
  const statuses = [
    { value: "", label: t("allStatuses") },
    { value: "error", label: t("error") },
    { value: "warning", label: t("warning") },
    { value: "ok", label: t("ok") },
  ];
  return (
    <SpaceBetween size="m">
      <ErrorAlert error={recommendation.error} onRetry={recommendation.reload} />
      <ErrorAlert error={exclude.error} />
      <ResourceTable<RecommendationResourceSummary>
        name={`trustedadvisor.resources.${checkId}`}
        title={t("resources")}
        dependencies={[advisor, arn, status, language, changes]}
        load={async ({ token, signal }) => {
          if (!arn) return { items: [], next: undefined };
          const input = { recommendationIdentifier: arn, nextToken: token, language, ...(status ? { status: status as ResourceStatus } : {}) };
          const answer = await advisor.send(new ListRecommendationResourcesCommand(input), { abortSignal: signal });
          return { items: answer.recommendationResourceSummaries ?? [], next: answer.nextToken };
        }}
        id={(one) => one.arn ?? ""}
        label={(one) => one.awsResourceId ?? ""}
        columns={[
          { id: "resource", header: t("resource"), value: (one) => one.awsResourceId, cell: (one) => <Name>{one.awsResourceId}</Name>, width: 300 },
          {
            id: "status",
            header: t("status"),
            value: (one) => sayWord(strings, one.status),
            order: (one) => rank(one.status ?? ""),
            cell: (one) => <Status>{one.status}</Status>,
            width: 150,
          },
          { id: "region", header: t("region"), value: (one) => one.regionCode, width: 120 },
          ...columnsOf(columns),
          {
            id: "exclusion",
            header: t("counts"),
            value: (one) => t(one.exclusionStatus === "excluded" ? "isExcluded" : "isIncluded"),
            width: 120,
          },
          { id: "updated", header: t("updated"), value: (one) => one.lastUpdatedAt, cell: (one) => <Time at={one.lastUpdatedAt} ago />, unfiltered: true, hidden: true },
        ]}
        filters={
          <SpaceBetween direction="horizontal" size="xs">
            <Select
              ariaLabel={t("status")}
              selectedOption={statuses.find(({ value }) => value === status) ?? null}
              options={statuses}
              onChange={({ detail }) => {
                setStatus(detail.selectedOption.value ?? "");
              }}
            />
          </SpaceBetween>
        }
        selection="multi"
        actions={(chosen) => (
          <>
            <Button disabled={chosen.length === 0} loading={exclude.busy} onClick={() => void exclude.run(chosen, false)}>
              {t("include")}
            </Button>
            <Button disabled={chosen.length === 0} loading={exclude.busy} onClick={() => void exclude.run(chosen, true)}>
              {t("exclude")}
            </Button>
          </>
        )}
        empty={{ title: t("resourcesEmpty"), text: t("resourcesEmptyText") }}
      />
      <CliPanel
        commands={[
          cli("support", "RefreshTrustedAdvisorCheck", { checkId }),
          cli("support", "DescribeTrustedAdvisorCheckResult", { checkId, language }),
          cli("trustedadvisor", "ListRecommendationResources", { recommendationIdentifier: arn ?? "RECOMMENDATION_ARN" }),
          cli("trustedadvisor", "BatchUpdateRecommendationResourceExclusion", { recommendationResourceExclusions: [{ arn: "RESOURCE_ARN", isExcluded: true }] }),
        ]}
      />
    </SpaceBetween>
  );
}

/** The ARN of a check, which has its id in it, or as much of that as ARNs may have. */
async function checkArn(advisor: TrustedAdvisorClient, id: string, abortSignal: AbortSignal): Promise<string | undefined> {
  let nextToken: string | undefined;
  do {
    const answer = await advisor.send(new ListChecksCommand({ nextToken, maxResults: 200 }), { abortSignal });
    const found = answer.checkSummaries?.find((one) => one.id === id);
    if (found) return found.arn;
    nextToken = answer.nextToken;
  } while (nextToken);
  return undefined;
}

function columnsOf(names: (string | null)[]): Column<RecommendationResourceSummary>[] {
  return names.flatMap((name) =>
    name === null || SHOWN.has(name)
      ? []
      : [{ id: `column:${name}`, header: name, value: (one: RecommendationResourceSummary) => one.metadata?.[name], cell: (one: RecommendationResourceSummary) => <Name>{one.metadata?.[name]}</Name> }],
  );
}
