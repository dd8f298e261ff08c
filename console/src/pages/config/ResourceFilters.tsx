// Filters that the server does: type, compliance, deleted ones.
import { ConfigServiceClient, GetDiscoveredResourceCountsCommand } from "@aws-sdk/client-config-service";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { formatNumber, useText } from "@/i18n";
import { ErrorAlert, useCall } from "@/kit";
import { useClient } from "@/session";
import type { Wanted } from "./Resources";
import { strings } from "./strings";

const MOST_PAGES = 20;

export function useCounts() {
  const config = useClient(ConfigServiceClient);
  return useCall(
    async (abortSignal) => {
      const found: { type: string; count: number }[] = [];
      let nextToken: string | undefined;
      for (let page = 0; page < MOST_PAGES; page++) {
        const answer = await config.send(new GetDiscoveredResourceCountsCommand({ nextToken }), { abortSignal });
        found.push(...(answer.resourceCounts ?? []).map((one) => ({ type: one.resourceType ?? "", count: one.count ?? 0 })));
        nextToken = answer.nextToken;
        if (!nextToken) break;
      }
      return found;
    },
    [config],
  );
}

interface Properties {
  wanted: Wanted;
  onType: (type: string) => void;
  onCompliance: (compliance: string) => void;
  onDeleted: (shown: boolean) => void;
}

export function ResourceFilters({ wanted, onType, onCompliance, onDeleted }: Properties) {
  const t = useText(strings);
  const counts = useCounts();
  const types = [
    { value: "", label: t("allTypes") },
    ...(counts.data ?? []).map(({ type, count }) => ({ value: type, label: type, labelTag: formatNumber(count) })),
  ];
  const verdicts = [
    { value: "", label: t("anyCompliance") },
    { value: "NON_COMPLIANT", label: t("NON_COMPLIANT") },
    { value: "COMPLIANT", label: t("COMPLIANT") },
  ];
  return (
    <SpaceBetween size="xs">
      <ErrorAlert compact error={counts.error} onRetry={counts.reload} />
      <SpaceBetween direction="horizontal" size="m" alignItems="end">
        <FormField label={t("type")}>
          <Select
            options={types}
            filteringType="auto"
            filteringAriaLabel={t("type")}
            virtualScroll
            selectedOption={types.find(({ value }) => value === wanted.type) ?? { value: wanted.type, label: wanted.type }}
            onChange={({ detail }) => {
              onType(detail.selectedOption.value ?? "");
            }}
          />
        </FormField>
        <FormField label={t("compliance")}>
          <Select
            options={verdicts}
            selectedOption={verdicts.find(({ value }) => value === wanted.compliance) ?? null}
            onChange={({ detail }) => {
              onCompliance(detail.selectedOption.value ?? "");
            }}
          />
        </FormField>
        <Checkbox
          checked={wanted.withDeleted}
          disabled={wanted.type === "" || wanted.compliance !== ""}
          onChange={({ detail }) => {
            onDeleted(detail.checked);
          }}
        >
          {t("withDeleted")}
        </Checkbox>
      </SpaceBetween>
    </SpaceBetween>
  );
}
