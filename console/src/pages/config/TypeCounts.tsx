// How many resources are recorded of each type.
import { useText } from "@/i18n";
import { Name, ResourceTable } from "@/kit";
import { Link, to, withQuery } from "@/router";
import { useCounts } from "./ResourceFilters";
import { strings } from "./strings";

export function TypeCounts() {
  const t = useText(strings);
  const counts = useCounts();
  return (
    <ResourceTable<{ type: string; count: number }>
      name="config.counts"
      title={t("recordedCounts")}
      items={counts.data ?? []}
      loading={counts.loading}
      error={counts.error}
      onReload={counts.reload}
      id={({ type }) => type}
      columns={[
        {
          id: "type",
          header: t("type"),
          value: ({ type }) => type,
          cell: ({ type }) => (
            <Link to={withQuery(to("config"), { type })}>
              <Name>{type}</Name>
            </Link>
          ),
        },
        { id: "count", header: t("count"), value: ({ count }) => count },
      ]}
      empty={{ title: t("resourcesEmpty"), text: t("resourcesEmptyText") }}
    />
  );
}
