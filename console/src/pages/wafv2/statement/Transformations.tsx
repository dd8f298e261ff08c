// What is done to a value before it is looked at, in order.
import Button from "@cloudscape-design/components/button";
import { useText } from "@/i18n";
import { Choice } from "../Choice";
import { TRANSFORMATIONS } from "../kinds";
import { strings } from "../strings";
import { documentOf, type Json, stringOf } from "../wire";

export function Transformations({ value, onChange }: { value: Json[]; onChange: (value: Json[]) => void }) {
  const t = useText(strings);
  const types = value.map((one) => stringOf(documentOf(one)["Type"]));
  const set = (next: string[]) => {
    onChange(next.map((Type, Priority) => ({ Priority, Type })));
  };
  return (
    <div className="waf-row" role="group" aria-label={t("transformations")}>
      {types.map((type, index) => (
        <div key={index} className="waf-row">
          <Choice
            label={t("transformation", { number: index + 1 })}
            filtering
            value={type}
            options={TRANSFORMATIONS}
            onChange={(chosen) => {
              set(types.map((one, place) => (place === index ? chosen : one)));
            }}
          />
          {types.length > 1 ? (
            <Button
              iconName="close"
              variant="icon"
              ariaLabel={t("removeTransformation", { number: index + 1 })}
              onClick={() => {
                set(types.filter((_, place) => place !== index));
              }}
            />
          ) : null}
        </div>
      ))}
      {types.length < 10 ? (
        <Button
          iconName="add-plus"
          onClick={() => {
            set([...types.filter((one) => one !== "NONE"), "URL_DECODE"]);
          }}
        >
          {t("addTransformation")}
        </Button>
      ) : null}
    </div>
  );
}
