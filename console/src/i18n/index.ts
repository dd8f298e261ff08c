// The console's languages: each part of it has a table of its own texts, and the compiler sees that none is missing.
import { type Language, preferences } from "@/preferences";
import { useStore } from "@/store";

export type Values = Record<string, string | number>;
/** A text in each language. */
export type Both = Record<Language, string>;

export interface Table<K extends string> {
  en: Record<K, string>;
  zh: Record<K, string>;
}

export type Say<K extends string> = (key: K, values?: Values) => string;

/** Declare a part's texts. `{name}` in a text is filled by the value of that name, `{count|file|files}` by a number with the word that fits it. */
export function texts<const E extends Record<string, string>>(table: {
  en: E;
  zh: { [K in keyof E]: string };
}): Table<keyof E & string> {
  return table as Table<keyof E & string>;
}

export function locale(language: Language = preferences.get().language): string {
  return language === "zh" ? "zh-CN" : navigator.language.startsWith("en") ? navigator.language : "en";
}

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(locale(), options).format(value);
}

/** A text, outside of components. */
export function say<K extends string>(table: Table<K>, key: K, values: Values = {}): string {
  return table[preferences.get().language][key].replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (typeof value !== "number") return value;
    return [formatNumber(value), value === 1 ? one : many].filter(Boolean).join(" ");
  });
}

/** `const t = useText(strings)`; `t("deleted", { name })`. */
export function useText<K extends string>(table: Table<K>): Say<K> {
  useStore(preferences);
  return (key, values) => say(table, key, values);
}

/** The text of a word that an API says; the word itself where there is none. */
export function sayWord<K extends string>(table: Table<K>, word: string | undefined): string | undefined {
  return word !== undefined && Object.hasOwn(table.en, word) ? say(table, word as K) : word;
}

/** The language shown now. */
export function useLanguage(): Language {
  return useStore(preferences).language;
}
