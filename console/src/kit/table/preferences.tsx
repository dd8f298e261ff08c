// How a person likes a table: items on a page, columns, wrapped lines; kept in the browser.
import CollectionPreferences, { type CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";
import { useState } from "react";
import { useText } from "@/i18n";
import { strings } from "../strings";
import type { Column } from "./types";

export type TablePreferences = CollectionPreferencesProps.Preferences & { pageSize: number };

const SIZES = [25, 50, 100];

function kept<T>(name: string, columns: Column<T>[]): TablePreferences {
  const visible = columns.map(({ id, hidden }) => ({ id, visible: !hidden }));
  const fallback: TablePreferences = { pageSize: 25, contentDisplay: visible, wrapLines: false };
  try {
    const known = JSON.parse(localStorage.getItem(`garrison.table.${name}`) ?? "{}") as Partial<TablePreferences>;
    const known_ids = new Set(known.contentDisplay?.map(({ id }) => id));
    const sameColumns = known_ids.size === columns.length && columns.every(({ id }) => known_ids.has(id));
    return { ...fallback, ...known, contentDisplay: (sameColumns && known.contentDisplay) || visible };
  } catch {
    return fallback;
  }
}

export function useTablePreferences<T>(name: string, columns: Column<T>[]) {
  const [preferences, setPreferences] = useState(() => kept(name, columns));
  const change = (chosen: TablePreferences) => {
    setPreferences(chosen);
    try {
      localStorage.setItem(`garrison.table.${name}`, JSON.stringify(chosen));
    } catch {
      // A browser that keeps nothing forgets the choice with the page.
    }
  };
  return [preferences, change] as const;
}

interface Properties<T> {
  columns: Column<T>[];
  preferences: TablePreferences;
  onChange: (chosen: TablePreferences) => void;
}

export function PreferencesButton<T>({ columns, preferences, onChange }: Properties<T>) {
  const t = useText(strings);
  return (
    <CollectionPreferences
      title={t("preferences")}
      confirmLabel={t("confirm")}
      cancelLabel={t("cancel")}
      preferences={preferences}
      onConfirm={({ detail }) => {
        onChange({ ...preferences, ...detail, pageSize: detail.pageSize ?? preferences.pageSize });
      }}
      pageSizePreference={{
        title: t("pageSize"),
        options: SIZES.map((value) => ({ value, label: t("items", { count: value }) })),
      }}
      wrapLinesPreference={{ label: t("wrapLines"), description: t("wrapLinesText") }}
      contentDisplayPreference={{ title: t("columns"), options: columns.map(({ id, header }) => ({ id, label: header })) }}
    />
  );
}
