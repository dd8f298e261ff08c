// A resource's states, the calls behind them, and what differs between two.
import type { ConfigurationItem } from "@aws-sdk/client-config-service";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { ErrorAlert, formatTime, Name, ResourceTable, Time, type usePages } from "@/kit";
import { useQueryValue } from "@/router";
import { type Cause, Causes, useCauses } from "./Causes";
import { Difference } from "./Difference";
import { State } from "./State";
import { strings } from "./strings";

interface Properties {
  versions: ReturnType<typeof usePages<ConfigurationItem>>;
}

function causesOf(item: ConfigurationItem, known: Map<string, Cause>): Cause[] {
  return (item.relatedEvents ?? []).map((id) => known.get(id) ?? { id });
}

export function Timeline({ versions }: Properties) {
  const t = useText(strings);
  const { items, hasMore, loading } = versions;
  const causes = useCauses(items.flatMap((item) => item.relatedEvents ?? []));
  const known = causes.data ?? new Map<string, Cause>();
  const [state, setState] = useQueryValue("version", items[0]?.configurationStateId ?? "");
  const chosen = items.find((item) => item.configurationStateId === state) ?? items[0];
  return (
    <SpaceBetween size="l">
      <ErrorAlert compact error={causes.error} onRetry={causes.reload} />
      <ResourceTable<ConfigurationItem>
        name="config.timeline"
        filterKey="timeline"
        title={t("timeline")}
        description={t("timelineText")}
        items={items}
        loading={loading}
        error={versions.error}
        onReload={versions.reload}
        id={(item) => item.configurationStateId ?? ""}
        actions={() => (
          <Button disabled={!hasMore} loading={loading} onClick={() => void versions.more()}>
            {t("older")}
          </Button>
        )}
        columns={[
          {
            id: "time",
            header: t("time"),
            value: (item) => item.configurationItemCaptureTime,
            cell: (item) => (
              <Button
                variant="inline-link"
                ariaLabel={t("showState", { time: formatTime(item.configurationItemCaptureTime) })}
                onClick={() => {
                  setState(item.configurationStateId ?? "");
                }}
              >
                <Time at={item.configurationItemCaptureTime} />
              </Button>
            ),
            unfiltered: true,
            minWidth: 200,
          },
          {
            id: "calls",
            header: t("calls"),
            value: (item) => causesOf(item, known).map(({ name }) => name ?? "").join(" "),
            cell: (item) => <Causes causes={causesOf(item, known)} />,
            minWidth: 220,
          },
          {
            id: "who",
            header: t("who"),
            value: (item) => [...new Set(causesOf(item, known).map(({ who }) => who ?? ""))].join(" "),
            cell: (item) => <Name>{[...new Set(causesOf(item, known).flatMap(({ who }) => (who ? [who] : [])))].join(", ")}</Name>,
          },
          { id: "status", header: t("status"), value: (item) => item.configurationItemStatus, cell: (item) => <State>{item.configurationItemStatus}</State>, minWidth: 140 },
        ]}
        empty={{ title: t("timelineEmpty"), text: t("timelineEmptyText") }}
      />
      {chosen ? <Difference key={chosen.configurationStateId} chosen={chosen} versions={items} /> : null}
    </SpaceBetween>
  );
}
