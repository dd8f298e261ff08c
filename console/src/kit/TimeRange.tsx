// The choice of a range of time: so long before now, or from one moment until another.
import DateRangePicker, { type DateRangePickerProps } from "@cloudscape-design/components/date-range-picker";
import FormField from "@cloudscape-design/components/form-field";
import { locale, useText } from "@/i18n";
import { preferences } from "@/preferences";
import { useStore } from "@/store";
import { inUnits, spanOf, writeSpan } from "./range";
import { strings } from "./strings";
import { formatTimes } from "./Time";

const OFFERED = [900, 3600, 10_800, 43_200, 86_400, 604_800, 2_592_000];
const SECONDS: Record<DateRangePickerProps.TimeUnit, number> = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800, month: 2_592_000, year: 31_536_000 };

interface Properties {
  label: string;
  /** As `spanOf` reads it. */
  value: string;
  onChange: (range: string) => void;
  /** What all there is is called, where that may be asked for. */
  all?: string;
}

function relative(seconds: number): DateRangePickerProps.RelativeOption {
  return { key: String(seconds), type: "relative", ...inUnits(seconds) };
}

export function TimeRange({ label, value, onChange, all }: Properties) {
  const t = useText(strings);
  const { zone } = useStore(preferences);
  const { from, until, seconds, isFixed } = spanOf(value);
  const chosen: DateRangePickerProps.Value | null = !from ? null : isFixed ? { type: "absolute", startDate: from.toISOString(), endDate: until.toISOString() } : relative(seconds);
  return (
    <FormField label={label} stretch>
      <DateRangePicker
        value={chosen}
        relativeOptions={OFFERED.map(relative)}
        customRelativeRangeUnits={["minute", "hour", "day", "week"]}
        {...(from && isFixed ? { renderTriggerContent: () => formatTimes(from, until) } : {})}
        dateInputFormat="iso"
        timeInputFormat="hh:mm"
        hideTimeOffset
        locale={locale()}
        {...(zone === "utc" ? { getTimeOffset: () => 0 } : {})}
        showClearButton={all !== undefined}
        placeholder={all ?? ""}
        expandToViewport
        isValidRange={(range) => {
          const isOrdered = range?.type !== "absolute" || Date.parse(range.startDate) < Date.parse(range.endDate);
          const isWhole = range !== null && (range.type === "absolute" || range.amount > 0);
          return isOrdered && isWhole ? { valid: true } : { valid: false, errorMessage: t("rangeNeeded") };
        }}
        onChange={({ detail: { value: range } }) => {
          if (!range) onChange("0");
          else if (range.type === "absolute") onChange(writeSpan(new Date(range.startDate), new Date(range.endDate)));
          else onChange(String(range.amount * SECONDS[range.unit]));
        }}
      />
    </FormField>
  );
}
