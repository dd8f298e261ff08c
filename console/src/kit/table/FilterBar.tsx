// The filter bar over a table.
import PropertyFilter from "@cloudscape-design/components/property-filter";
import { useMemo } from "react";
import { useText } from "@/i18n";
import { strings } from "../strings";
import { filteringOptions, filteringProperties } from "./filtering";
import type { Column } from "./types";
import type { Filter } from "./useRows";

interface Properties<T> {
  title: string;
  columns: Column<T>[];
  items: T[];
  filter: Filter;
  matches: number;
  loading: boolean;
}

export function FilterBar<T>({ title, columns, items, filter, matches, loading }: Properties<T>) {
  const t = useText(strings);
  const known = useMemo(() => filteringProperties(columns, items), [columns, items]);
  const options = useMemo(() => filteringOptions(columns, items), [columns, items]);
  return (
    <PropertyFilter
      query={filter.query}
      onChange={({ detail }) => {
        filter.change(detail);
      }}
      countText={loading ? "" : t("matches", { count: matches })}
      filteringProperties={known}
      filteringOptions={options}
      filteringPlaceholder={t("filterPlaceholder")}
      filteringAriaLabel={t("filterLabel", { title })}
      expandToViewport
    />
  );
}
