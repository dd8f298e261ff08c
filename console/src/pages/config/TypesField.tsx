// Resource types to choose: those that are recorded come first to mind, so they are offered.
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import { useText } from "@/i18n";
import { ErrorAlert } from "@/kit";
import { useCatalogue } from "./catalogue";
import { useCounts } from "./ResourceFilters";
import { strings } from "./strings";

interface Properties {
  label: string;
  description: string;
  chosen: string[];
  onChange: (types: string[]) => void;
}

export function TypesField({ label, description, chosen, onChange }: Properties) {
  const t = useText(strings);
  const counts = useCounts();
  const catalogue = useCatalogue();
  const recorded = (counts.data ?? []).map(({ type }) => type);
  const judged = (catalogue.data ?? []).flatMap(({ types }) => types).filter((type) => type !== "AWS::::Account");
  const types = [...new Set([...recorded, ...judged.sort(), ...chosen])].map((type) => ({ value: type, label: type }));
  return (
    <FormField label={label} description={description}>
      <Multiselect
        options={types}
        virtualScroll
        filteringType="auto"
        filteringAriaLabel={label}
        placeholder={t("choose")}
        selectedOptions={types.filter(({ value }) => chosen.includes(value))}
        deselectAriaLabel={(option) => `${t("remove")}: ${option.label ?? ""}`}
        onChange={({ detail }) => {
          onChange(detail.selectedOptions.flatMap(({ value }) => (value ? [value] : [])));
        }}
      />
      <ErrorAlert compact error={counts.error} onRetry={counts.reload} />
    </FormField>
  );
}
