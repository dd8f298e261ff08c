// The members of a statement, each with the field that suits it.
import type { Scope } from "@aws-sdk/client-wafv2";
import { useText } from "@/i18n";
import { TextField } from "@/kit";
import { Choice } from "../Choice";
import type { Part } from "../kinds";
import { strings } from "../strings";
import { type Document, type Json, listOf, stringOf, textOf, toBase64 } from "../wire";
import { FieldToMatch } from "./FieldToMatch";
import { Forwarded } from "./Forwarded";
import { GroupOverrides, ManagedGroup } from "./ManagedGroup";
import { RateKeys } from "./RateKeys";
import { Reference } from "./Reference";
import { Transformations } from "./Transformations";
import { Words } from "./Words";

export interface PartProperties {
  part: Part;
  body: Document;
  set: (members: Record<string, Json | undefined>) => void;
  scope: Scope;
}

type Name = "Size" | "Limit" | "Key" | "RegexString" | "SearchString" | "Scope" | "CountryCodes" | "AsnList" | "ComparisonOperator";

export function PartEditor({ part, body, set, scope }: PartProperties) {
  const t = useText(strings);
  switch (part.part) {
    case "text":
      return <TextField label={t(part.name as Name)} value={stringOf(body[part.name])} onChange={(value) => set({ [part.name]: value })} />;
    case "number":
      return (
        <TextField label={t(part.name as Name)} type="number" inputMode="numeric" value={stringOf(body[part.name])} onChange={(value) => set({ [part.name]: Number(value) })} />
      );
    case "search":
      return <Search value={stringOf(body[part.name])} onChange={(value) => set({ [part.name]: value })} />;
    case "words":
      return (
        <Words
          label={t(part.name as Name)}
          description={t("wordsHint")}
          value={listOf(body[part.name]).map(String)}
          onChange={(words) => set({ [part.name]: part.numbers ? words.map(Number).filter((one) => !Number.isNaN(one)) : words })}
        />
      );
    case "choice": {
      const isNumber = part.name === "EvaluationWindowSec";
      return (
        <Choice
          label={t(part.name as Name)}
          value={stringOf(body[part.name]) || (part.optional ? (isNumber ? "300" : (part.options[0] ?? "")) : "")}
          options={part.options}
          onChange={(value) => set({ [part.name]: isNumber ? Number(value) : value })}
        />
      );
    }
    case "arn":
      return <Reference kind={part.of} scope={scope} value={stringOf(body[part.name])} onChange={(value) => set({ [part.name]: value })} />;
    case "field":
      return <FieldToMatch value={body["FieldToMatch"]} onChange={(FieldToMatch) => set({ FieldToMatch })} />;
    case "transformations":
      return <Transformations value={listOf(body["TextTransformations"])} onChange={(TextTransformations) => set({ TextTransformations })} />;
    case "forwarded":
      return <Forwarded position={part.position ?? false} needed={body["AggregateKeyType"] === "FORWARDED_IP"} value={body[part.name]} onChange={(value) => set({ [part.name]: value })} />;
    case "keys":
      return body["AggregateKeyType"] === "CUSTOM_KEYS" ? <RateKeys value={listOf(body["CustomKeys"])} onChange={(CustomKeys) => set({ CustomKeys })} /> : null;
    case "managed":
      return <ManagedGroup scope={scope} body={body} set={set} />;
    case "overrides":
      return <GroupOverrides scope={scope} body={body} set={set} />;
    default:
      return null;
  }
}

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useText(strings);
  const text = textOf(value);
  if (text === undefined) return <TextField label={t("searchBytes")} description={t("searchBytesHint")} value={value} onChange={onChange} />;
  return (
    <TextField
      label={t("SearchString")}
      value={text}
      onChange={(next) => {
        onChange(toBase64(new TextEncoder().encode(next)));
      }}
    />
  );
}
