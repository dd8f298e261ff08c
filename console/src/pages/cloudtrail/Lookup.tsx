// What the event history is asked for: one attribute and a range of time, kept in the address.
import type { LookupAttributeKey, LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { useText } from "@/i18n";
import { changeQuery } from "@/router";
import { RANGES, rangeStart } from "./ranges";
import { strings } from "./strings";

const ATTRIBUTES = ["EventName", "Username", "ResourceName", "ResourceType", "EventSource", "AccessKeyId", "EventId", "ReadOnly"] as const satisfies LookupAttributeKey[];
type Attribute = (typeof ATTRIBUTES)[number];
const PAGE_SIZE = 50;
const PAUSE_MILLISECONDS = 400;

export interface Asked {
  attribute: Attribute;
  value: string;
  /** A name of `RANGES`. */
  range: string;
  input: () => LookupEventsCommandInput;
}

/** What an address asks for. */
export function readLookup(query: URLSearchParams): Asked {
  const named = query.get("by");
  const attribute = ATTRIBUTES.find((one) => one === named) ?? "EventName";
  const value = query.get("value") ?? "";
  const range = query.get("range") ?? "all";
  return {
    attribute,
    value,
    range,
    input: () => {
      const start = rangeStart(range);
      return {
        MaxResults: PAGE_SIZE,
        ...(value ? { LookupAttributes: [{ AttributeKey: attribute, AttributeValue: value }] } : {}),
        ...(start ? { StartTime: start } : {}),
      };
    },
  };
}

export function Lookup({ lookup }: { lookup: Asked }) {
  const t = useText(strings);
  const [value, setValue] = useState(lookup.value);
  useEffect(() => {
    if (value === lookup.value) return undefined;
    const timer = setTimeout(() => {
      changeQuery({ value });
    }, PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
    };
  }, [value, lookup.value]);
  const attributes = ATTRIBUTES.map((one) => ({ value: one, label: t(one) }));
  const ranges = RANGES.map(({ id }) => ({ value: id, label: t(id) }));
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Select
        ariaLabel={t("lookupBy")}
        selectedOption={attributes.find((one) => one.value === lookup.attribute) ?? null}
        options={attributes}
        onChange={({ detail }) => {
          changeQuery({ by: detail.selectedOption.value });
        }}
      />
      <Input
        ariaLabel={t("lookupValue")}
        placeholder={t("lookupValue")}
        value={value}
        type="search"
        clearAriaLabel={t("clear")}
        onChange={({ detail }) => {
          setValue(detail.value);
        }}
      />
      <Select
        ariaLabel={t("range")}
        selectedOption={ranges.find((one) => one.value === lookup.range) ?? null}
        options={ranges}
        onChange={({ detail }) => {
          changeQuery({ range: detail.selectedOption.value === "all" ? undefined : detail.selectedOption.value });
        }}
      />
    </SpaceBetween>
  );
}
