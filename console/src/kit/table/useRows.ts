// The rows that a table shows: filtered, in order, one page of them; more are fetched where they are needed.
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { useEffect, useMemo, useState } from "react";
import { formatNumber } from "@/i18n";
import { changeQuery, usePlace } from "@/router";
import { type UsedPages, usePages } from "../pages";
import { compare, passes } from "./filtering";
import { readFilter, writeFilter } from "./filterQuery";
import { useTablePreferences } from "./preferences";
import type { TableProperties } from "./types";

export interface Filter {
  query: PropertyFilterProps.Query;
  change: (query: PropertyFilterProps.Query) => void;
  clear: () => void;
}

interface Sorting {
  column: string;
  descending: boolean;
}

const NOTHING = { items: [], next: undefined };

function useList<T>({ load, dependencies = [], items, loading = false, error, onReload }: TableProperties<T>): UsedPages<T> {
  const pages = usePages<T>(async (asked) => (load ? load(asked) : NOTHING), dependencies);
  if (load) return pages;
  const done = async () => undefined;
  return { items: items ?? [], hasMore: false, loading, error, reload: onReload ?? (() => undefined), more: done, all: done };
}

export function useRows<T>(properties: TableProperties<T>) {
  const { columns, name } = properties;
  const list = useList(properties);
  const [preferences, prefer] = useTablePreferences(name, columns);
  const place = usePlace();
  const key = properties.filterKey ?? "filter";
  const query = useMemo(() => readFilter(key, place.query), [key, place.query]);
  const [sorting, setSorting] = useState<Sorting>();
  const [wanted, setPage] = useState(1);
  const [chosen, setChosen] = useState<T[]>([]);

  const matching = useMemo(() => {
    const found = list.items.filter((item) => passes(columns, item, query));
    const column = sorting && columns.find(({ id }) => id === sorting.column);
    if (!column?.value || !sorting) return found;
    const value = column.order ?? column.value;
    const sign = sorting.descending ? -1 : 1;
    return found.sort((one, other) => sign * compare(value(one), value(other)));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- columns are made anew by every render and say the same
  }, [list.items, query, sorting]);

  const pages = Math.max(1, Math.ceil(matching.length / preferences.pageSize));
  const page = Math.min(wanted, pages);
  const { id } = properties;
  const selected = useMemo(() => {
    if (chosen.length === 0) return chosen;
    const here = new Set(list.items.map(id));
    return chosen.filter((item) => here.has(id(item)));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the function is made anew by every render and says the same
  }, [chosen, list.items]);
  const isFiltered = query.tokens.length > 0;

  const { all, error, hasMore, loading } = list;
  useEffect(() => {
    if (isFiltered && hasMore && !loading && error === undefined) void all();
  }, [all, error, hasMore, isFiltered, loading]);

  const select = (items: T[]) => {
    setChosen(items);
    properties.onSelect?.(items);
  };
  const change = (asked: PropertyFilterProps.Query) => {
    setPage(1);
    changeQuery(writeFilter(key, asked));
  };
  const total = `${formatNumber(list.items.length)}${list.hasMore ? "+" : ""}`;
  const loaded = list.items.length > 0 || (!list.loading && list.error === undefined);
  return {
    list,
    matching: matching.length,
    visible: matching.slice((page - 1) * preferences.pageSize, page * preferences.pageSize),
    counter: loaded ? (isFiltered ? `(${formatNumber(matching.length)}/${total})` : `(${total})`) : "",
    page,
    pages,
    selected,
    select,
    sorting,
    sort: (asked: Sorting) => {
      setSorting(asked);
      void list.all();
    },
    turn: (index: number) => {
      setPage(index);
      if (index * preferences.pageSize >= list.items.length) void list.more();
    },
    filter: { query, change, clear: () => { change({ tokens: [], operation: "and" }); } } satisfies Filter,
    preferences,
    prefer,
  };
}
