// What a rate-based rule counts requests by.
import Button from "@cloudscape-design/components/button";
import { useText } from "@/i18n";
import { TextField } from "@/kit";
import { Choice } from "../Choice";
import { kindOf } from "../draft";
import { RATE_KEYS } from "../kinds";
import { strings } from "../strings";
import { changed, type Document, documentOf, type Json, listOf, stringOf } from "../wire";
import { Transformations } from "./Transformations";

const MOST = 5;

export function RateKeys({ value, onChange }: { value: Json[]; onChange: (value: Json[]) => void }) {
  const t = useText(strings);
  return (
    <div className="waf-nest" role="group" aria-label={t("CustomKeys")}>
      {value.map((one, index) => (
        <RateKey
          key={index}
          number={index + 1}
          value={documentOf(one)}
          onChange={(next) => {
            onChange(value.flatMap((other, place) => (place === index ? (next ? [next] : []) : [other])));
          }}
        />
      ))}
      {value.length < MOST ? (
        <div>
          <Button
            iconName="add-plus"
            onClick={() => {
              onChange([...value, { Header: RATE_KEYS["Header"]?.() ?? {} }]);
            }}
          >
            {t("addKey")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function RateKey({ number, value, onChange }: { number: number; value: Document; onChange: (value: Document | undefined) => void }) {
  const t = useText(strings);
  const kind = kindOf(value);
  const body = documentOf(value[kind]);
  const set = (members: Record<string, Json>) => {
    onChange({ [kind]: changed(body, members) });
  };
  return (
    <div className="waf-row">
      <Choice label={t("key", { number })} value={kind} options={Object.keys(RATE_KEYS)} onChange={(chosen) => onChange({ [chosen]: RATE_KEYS[chosen]?.() ?? {} })} />
      {"Name" in body ? <TextField label={t("fieldName")} value={stringOf(body["Name"])} onChange={(Name) => set({ Name })} /> : null}
      {"Namespace" in body ? <TextField label={t("namespace")} value={stringOf(body["Namespace"])} onChange={(Namespace) => set({ Namespace })} /> : null}
      {"TextTransformations" in body ? (
        <Transformations value={listOf(body["TextTransformations"])} onChange={(TextTransformations) => set({ TextTransformations })} />
      ) : null}
      <Button iconName="close" variant="icon" ariaLabel={t("removeKey", { number })} onClick={() => onChange(undefined)} />
    </div>
  );
}
