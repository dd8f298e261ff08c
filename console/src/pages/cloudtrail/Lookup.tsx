// What the event history is asked for: one attribute and a range of time, kept in the address.
import type { LookupAttributeKey, LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useEffect, useState } from "react";
import { useText } from "@/i18n";
import { spanOf, TimeRange } from "@/kit";
import { changeQuery } from "@/router";
import { strings } from "./strings";

const ATTRIBUTES = ["EventName", "Username", "ResourceName", "ResourceType", "EventSource", "AccessKeyId", "EventId", "ReadOnly"] as const satisfies LookupAttributeKey[];
type Attribute = (typeof ATTRIBUTES)[number];
const PAGE_SIZE = 50;
const PAUSE_MILLISECONDS = 400;
const MINUTE = 60_000;

export interface Asked {
  attribute: Attribute;
  value: string;
  /** As `spanOf` reads it. */
  range: string;
  input: () => LookupEventsCommandInput;
}

/** A range's beginning, to the minute, so that its next page asks the same. */
function timesOf(range: string): Pick<LookupEventsCommandInput, "StartTime" | "EndTime"> {
  const { from, until, isFixed } = spanOf(range);
  if (!from) return {};
  return isFixed ? { StartTime: from, EndTime: until } : { StartTime: new Date(Math.floor(from.getTime() / MINUTE) * MINUTE) };
}

/** What an address asks for. */
export function readLookup(query: URLSearchParams): Asked {
  const named = query.get("by");
  const attribute = ATTRIBUTES.find((one) => one === named) ?? "EventName";
  const value = query.get("value") ?? "";
  const range = query.get("range") ?? "0";
  return {
    attribute,
    value,
    range,
    input: () => ({ MaxResults: PAGE_SIZE, ...(value ? { LookupAttributes: [{ AttributeKey: attribute, AttributeValue: value }] } : {}), ...timesOf(range) }),
  };
}

export function Lookup({ lookup }: { lookup: Asked }) {
  const t = useText(strings);
  const attributes = ATTRIBUTES.map((one) => ({ value: one, label: t(one) }));
  return (
    <div className="g-fields">
      <FormField label={t("lookupBy")} stretch>
        <Select
          selectedOption={attributes.find((one) => one.value === lookup.attribute) ?? null}
          options={attributes}
          onChange={({ detail }) => {
            const by = detail.selectedOption.value;
            changeQuery({ by, value: [by, lookup.attribute].includes("ReadOnly") ? undefined : lookup.value });
          }}
        />
      </FormField>
      <FormField label={t("lookupValue")} stretch>
        {lookup.attribute === "ReadOnly" ? <YesOrNo value={lookup.value} /> : <Value key={lookup.attribute} asked={lookup.value} />}
      </FormField>
      <TimeRange
        label={t("range")}
        value={lookup.range}
        all={t("all")}
        onChange={(range) => {
          changeQuery({ range: range === "0" ? undefined : range });
        }}
      />
    </div>
  );
}

function YesOrNo({ value }: { value: string }) {
  const t = useText(strings);
  const options = [
    { value: "", label: t("either") },
    { value: "true", label: t("yes") },
    { value: "false", label: t("no") },
  ];
  return (
    <Select
      selectedOption={options.find((one) => one.value === value) ?? null}
      options={options}
      onChange={({ detail }) => {
        changeQuery({ value: detail.selectedOption.value });
      }}
    />
  );
}

/** Asked for when one has stopped writing. */
function Value({ asked }: { asked: string }) {
  const t = useText(strings);
  const [value, setValue] = useState(asked);
  useEffect(() => {
    if (value === asked) return undefined;
    const timer = setTimeout(() => {
      changeQuery({ value });
    }, PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
    };
  }, [value, asked]);
  return (
    <Input
      value={value}
      type="search"
      clearAriaLabel={t("clear")}
      onChange={({ detail }) => {
        setValue(detail.value);
      }}
    />
  );
}
