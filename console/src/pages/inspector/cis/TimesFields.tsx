// The fields of a form that say when scans are made.
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import TimeInput from "@cloudscape-design/components/time-input";
import { useText } from "@/i18n";
import { type Day, dayName, DAYS } from "@/kit";
import { type Kind, KINDS, type Times, ZONES } from "./schedule";
import { cisStrings } from "./strings";

interface Properties {
  times: Times;
  onChange: (times: Times) => void;
}

export function TimesFields({ times, onChange }: Properties) {
  const t = useText(cisStrings);
  const change = (changed: Partial<Times>) => {
    onChange({ ...times, ...changed });
  };
  const kinds = KINDS.map((value) => ({ value, label: t(value) }));
  return (
    <>
      <FormField label={t("when")}>
        <Select
          options={kinds}
          selectedOption={kinds.find(({ value }) => value === times.kind) ?? null}
          onChange={({ detail }) => {
            change({ kind: detail.selectedOption.value as Kind });
          }}
        />
      </FormField>
      <DayField times={times} onChange={change} />
      {times.kind === "oneTime" ? null : (
        <>
          <FormField label={t("time")} description={t("timeHint")}>
            <TimeInput
              format="hh:mm"
              placeholder="hh:mm"
              value={times.time}
              onChange={({ detail }) => {
                change({ time: detail.value });
              }}
            />
          </FormField>
          <FormField label={t("zone")}>
            <Select
              filteringType="auto"
              virtualScroll
              options={ZONES.map((value) => ({ value, label: value }))}
              selectedOption={{ value: times.zone, label: times.zone }}
              onChange={({ detail }) => {
                change({ zone: detail.selectedOption.value ?? "UTC" });
              }}
            />
          </FormField>
        </>
      )}
    </>
  );
}

/** The days of a week, or the day whose first of the month it is. */
function DayField({ times, onChange }: { times: Times; onChange: (changed: Partial<Times>) => void }) {
  const t = useText(cisStrings);
  const days = DAYS.map((value) => ({ value, label: dayName(value) }));
  if (times.kind === "weekly")
    return (
      <FormField label={t("days")}>
        <Multiselect
          options={days}
          selectedOptions={days.filter(({ value }) => times.days.includes(value))}
          placeholder={t("chooseDays")}
          onChange={({ detail }) => {
            onChange({ days: detail.selectedOptions.map(({ value }) => value as Day) });
          }}
        />
      </FormField>
    );
  if (times.kind !== "monthly") return null;
  return (
    <FormField label={t("day")} description={t("dayHint")}>
      <Select
        options={days}
        selectedOption={days.find(({ value }) => value === times.days[0]) ?? null}
        onChange={({ detail }) => {
          onChange({ days: [detail.selectedOption.value as Day] });
        }}
      />
    </FormField>
  );
}
