// Which part of a request a statement looks at.
import { useText } from "@/i18n";
import { TextField } from "@/kit";
import { Choice } from "../Choice";
import { kindOf } from "../draft";
import { FIELD_CHOICES, FIELDS } from "../kinds";
import { strings, wordOf } from "../strings";
import { changed, type Document, documentOf, type Json, listOf, stringOf } from "../wire";
import { Words } from "./Words";

export function FieldToMatch({ value, onChange }: { value: Json | undefined; onChange: (value: Document) => void }) {
  const t = useText(strings);
  const union = documentOf(value);
  const kind = kindOf(union);
  const body = documentOf(union[kind]);
  const set = (members: Record<string, Json | undefined>) => {
    onChange({ [kind]: changed(body, members) });
  };
  return (
    <div className="waf-row">
      <Choice
        label={t("inspect")}
        value={kind}
        options={Object.keys(FIELDS)}
        onChange={(chosen) => {
          if (chosen !== kind) onChange({ [chosen]: FIELDS[chosen]?.() ?? {} });
        }}
      />
      {"Name" in body ? <TextField label={t("fieldName")} value={stringOf(body["Name"])} onChange={(Name) => set({ Name })} /> : null}
      {"MatchPattern" in body ? <Pattern kind={kind} value={documentOf(body["MatchPattern"])} onChange={(MatchPattern) => set({ MatchPattern })} /> : null}
      {Object.entries(FIELD_CHOICES)
        .filter(([name]) => name in (FIELDS[kind]?.() ?? {}))
        .map(([name, options]) => (
          <Choice key={name} label={wordOf(t, name)} value={stringOf(body[name])} options={options} onChange={(chosen) => set({ [name]: chosen })} />
        ))}
    </div>
  );
}

const LISTS: Record<string, string[]> = {
  Headers: ["IncludedHeaders", "ExcludedHeaders"],
  Cookies: ["IncludedCookies", "ExcludedCookies"],
  JsonBody: ["IncludedPaths"],
};

/** Which headers, cookies or members of JSON: all, or those of a list. */
function Pattern({ kind, value, onChange }: { kind: string; value: Document; onChange: (value: Document) => void }) {
  const t = useText(strings);
  const chosen = kindOf(value);
  return (
    <>
      <Choice
        label={t("which")}
        value={chosen}
        options={["All", ...(LISTS[kind] ?? [])]}
        onChange={(next) => {
          onChange(next === "All" ? { All: {} } : { [next]: [kind === "JsonBody" ? "/name" : "name"] });
        }}
      />
      {chosen === "All" ? null : <Words label={t("names")} value={listOf(value[chosen]).map(String)} onChange={(names) => onChange({ [chosen]: names })} />}
    </>
  );
}
