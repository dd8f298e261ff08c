// The client's address from a header, where a proxy stands in front.
import Button from "@cloudscape-design/components/button";
import { useText } from "@/i18n";
import { TextField } from "@/kit";
import { Choice } from "../Choice";
import { strings } from "../strings";
import { changed, documentOf, type Json, stringOf } from "../wire";

interface Properties {
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  /** Whether it says which of the addresses counts. */
  position: boolean;
  needed: boolean;
}

export function Forwarded({ value, onChange, position, needed }: Properties) {
  const t = useText(strings);
  const start = { HeaderName: "X-Forwarded-For", FallbackBehavior: "NO_MATCH", ...(position ? { Position: "FIRST" } : {}) };
  const body = documentOf(value);
  const set = (members: Record<string, Json>) => {
    onChange(changed(body, members));
  };
  return (
    <>
      <div>
        <Button
          onClick={() => {
            onChange(value ? undefined : start);
          }}
        >
          {t(value ? "ownAddress" : "forwardedAddress")}
        </Button>
        {needed && !value ? ` ${t("forwardedNeeded")}` : null}
      </div>
      {value ? (
        <div className="waf-row">
          <TextField label={t("header")} value={stringOf(body["HeaderName"])} onChange={(HeaderName) => set({ HeaderName })} />
          <Choice label={t("FallbackBehavior")} value={stringOf(body["FallbackBehavior"])} options={["MATCH", "NO_MATCH"]} onChange={(FallbackBehavior) => set({ FallbackBehavior })} />
          {position ? <Choice label={t("position")} value={stringOf(body["Position"])} options={["FIRST", "LAST", "ANY"]} onChange={(Position) => set({ Position })} /> : null}
        </div>
      ) : null}
    </>
  );
}
