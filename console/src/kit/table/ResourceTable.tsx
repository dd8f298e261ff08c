// The list of every page: server-side paging, filter, order, columns and selection, and an empty state that teaches.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { useText } from "@/i18n";
import { ErrorAlert } from "../ErrorAlert";
import { Name } from "../Name";
import { MOST_ITEMS } from "../pages";
import { strings } from "../strings";
import { Time } from "../Time";
import { FilterBar } from "./FilterBar";
import { hasNumbers } from "./filtering";
import { PreferencesButton } from "./preferences";
import type { Column, TableProperties } from "./types";
import { useRows } from "./useRows";
import "../kit.css";

function cellOf<T>(column: Column<T>, item: T) {
  if (column.cell) return column.cell(item);
  const value = column.value?.(item);
  if (value instanceof Date) return <Time at={value} />;
  return <Name>{value === undefined ? undefined : String(value)}</Name>;
}

/** The width of a screen that columns' widths are said for. */
const SCREEN = 1440;
const LEAST_WIDTH = 100;

/** A column as Cloudscape has it. */
function definitionOf<T>(column: Column<T>, isNumber: boolean, isRowHeader: boolean) {
  const { header, width } = column;
  const aligned = (content: ReactNode) => (isNumber ? <div className="g-end">{content}</div> : content);
  return {
    id: column.id,
    header: aligned(header),
    cell: (item: T) => aligned(cellOf(column, item)),
    ...(column.value ? { sortingField: column.id } : {}),
    ...(width === undefined ? {} : { width: Math.round(width * Math.max(1, window.innerWidth / SCREEN)) }),
    minWidth: column.minWidth ?? Math.min(width ?? LEAST_WIDTH, LEAST_WIDTH),
    isRowHeader,
  };
}

export function ResourceTable<T>(properties: TableProperties<T>) {
  const t = useText(strings);
  const { columns, empty, heading = "h2", id, label = id, plain, selection, title } = properties;
  const rows = useRows(properties);
  const { filter, list, preferences } = rows;
  const isFiltered = filter.query.tokens.length > 0;
  const buttons = (
    <div className="g-buttons">
      {properties.load || properties.onReload ? (
        <Button iconName="refresh" ariaLabel={`${t("reload")}: ${title}`} onClick={list.reload} loading={list.loading} />
      ) : null}
      {properties.actions?.(rows.selected, list.reload)}
    </div>
  );
  return (
    <SpaceBetween size="s">
      <ErrorAlert error={list.error} onRetry={list.reload} />
      <Table<T>
        variant={properties.variant ?? "container"}
        stickyHeader={!plain}
        resizableColumns={!plain}
        trackBy={id}
        items={rows.visible}
        loading={list.loading && list.items.length === 0}
        loadingText={t("loading")}
        wrapLines={preferences.wrapLines ?? false}
        {...(preferences.contentDisplay && !plain ? { columnDisplay: preferences.contentDisplay } : {})}
        columnDefinitions={columns.map((column) => definitionOf(column, !column.unfiltered && hasNumbers(column, list.items), column === columns[0]))}
        {...(rows.sorting ? { sortingColumn: { sortingField: rows.sorting.column }, sortingDescending: rows.sorting.descending } : {})}
        onSortingChange={({ detail }) => {
          rows.sort({ column: detail.sortingColumn.sortingField ?? "", descending: detail.isDescending ?? false });
        }}
        {...(selection ? { selectionType: selection, selectedItems: rows.selected } : {})}
        onSelectionChange={({ detail }) => {
          rows.select(detail.selectedItems);
        }}
        ariaLabels={{
          tableLabel: title,
          selectionGroupLabel: t("selection"),
          allItemsSelectionLabel: () => t("selectAll"),
          itemSelectionLabel: (_, item) => t("selectItem", { name: label(item) }),
        }}
        header={
          <Header variant={heading} counter={rows.counter} description={properties.description} actions={buttons}>
            {title}
          </Header>
        }
        filter={
          plain ? undefined : (
            <SpaceBetween size="xs">
              {properties.filters}
              <FilterBar title={title} columns={columns} items={list.items} filter={filter} matches={rows.matching} loading={list.loading} />
              {isFiltered && list.hasMore ? (
                <StatusIndicator type={list.loading ? "loading" : "warning"}>
                  {t(list.loading ? "loadingAll" : "tooMany", { count: list.loading ? list.items.length : MOST_ITEMS })}
                </StatusIndicator>
              ) : null}
            </SpaceBetween>
          )
        }
        pagination={
          plain ? undefined : (
            <Pagination
              currentPageIndex={rows.page}
              pagesCount={rows.pages}
              openEnd={list.hasMore}
              disabled={list.loading && list.items.length === 0}
              onChange={({ detail }) => {
                rows.turn(detail.currentPageIndex);
              }}
            />
          )
        }
        preferences={plain ? undefined : <PreferencesButton columns={columns} preferences={preferences} onChange={rows.prefer} />}
        empty={
          list.error === undefined ? (
            <Box textAlign="center" color="inherit" padding="l">
              <SpaceBetween size="s">
                <b>{isFiltered ? t("noMatch") : empty.title}</b>
                <Box color="text-body-secondary">{isFiltered ? t("noMatchText") : empty.text}</Box>
                {isFiltered ? <Button onClick={filter.clear}>{t("clearFilter")}</Button> : empty.action}
              </SpaceBetween>
            </Box>
          ) : (
            <Box textAlign="center">{t("nothing")}</Box>
          )
        }
      />
    </SpaceBetween>
  );
}
