// A field in which several names are chosen from a list that the server gives.
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import { useText } from "@/i18n";
import { ErrorAlert, type Called } from "@/kit";
import { common } from "./strings/common";

interface Properties {
  label: string;
  hint?: string;
  placeholder: string;
  names: Called<string[]>;
  chosen: string[];
  /** Names that are not offered. */
  without?: string[];
  onChange: (names: string[]) => void;
}

export function ChooseNames({ label, hint, placeholder, names, chosen, without = [], onChange }: Properties) {
  const t = useText(common);
  return (
    <>
      <FormField label={label} description={hint}>
        <Multiselect
          filteringType="auto"
          placeholder={placeholder}
          empty={t("none")}
          statusType={names.loading ? "loading" : "finished"}
          deselectAriaLabel={(option) => `${t("remove")}: ${option.label ?? ""}`}
          selectedOptions={chosen.map((value) => ({ value, label: value }))}
          options={(names.data ?? []).filter((name) => !without.includes(name)).map((value) => ({ value, label: value }))}
          onChange={({ detail }) => {
            onChange(detail.selectedOptions.map(({ value = "" }) => value));
          }}
        />
      </FormField>
      <ErrorAlert error={names.error} onRetry={names.reload} />
    </>
  );
}
