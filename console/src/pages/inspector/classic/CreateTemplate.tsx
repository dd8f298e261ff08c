// The dialog that creates a template: a target, rules packages, and how long a run collects.
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, ErrorAlert, flash, FormDialog, TextField, useCall } from "@/kit";
import { useRegion } from "@/session";
import { classic, rulesPackages, targets } from "./api";
import { classicStrings } from "./strings";

export function CreateTemplate({ onClose }: { onClose: (done: boolean) => void }) {
  const t = useText(classicStrings);
  const region = useRegion();
  const [name, setName] = useState("");
  const [target, setTarget] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const [minutes, setMinutes] = useState("60");
  const known = useCall((signal) => targets.all({}, signal), [region]);
  const packages = useCall((signal) => rulesPackages.all({}, signal), [region]);
  const targetOptions = (known.data ?? []).map((one) => ({ value: one.arn, label: one.name }));
  const packageOptions = (packages.data ?? []).map((one) => ({ value: one.arn, label: `${one.name} ${one.version}` }));
  const input = {
    assessmentTargetArn: target,
    assessmentTemplateName: name,
    durationInSeconds: Number(minutes) * 60,
    rulesPackageArns: chosen,
  };
  return (
    <FormDialog
      title={t("createTemplate")}
      action={t("createTemplate")}
      ready={name !== "" && target !== "" && chosen.length > 0 && /^\d+$/.test(minutes)}
      commands={[cli("inspector", "CreateAssessmentTemplate", input)]}
      onSubmit={async () => {
        await classic("CreateAssessmentTemplate", input);
        flash("success", t("created_", { name }));
      }}
      onClose={onClose}
    >
      <TextField label={t("name")} value={name} onChange={setName} autoFocus />
      <FormField label={t("target")} description={t("targetHint")}>
        <Select
          options={targetOptions}
          selectedOption={targetOptions.find(({ value }) => value === target) ?? null}
          placeholder={t("choose")}
          onChange={({ detail }) => {
            setTarget(detail.selectedOption.value ?? "");
          }}
        />
      </FormField>
      <FormField label={t("packages")}>
        <Multiselect
          options={packageOptions}
          selectedOptions={packageOptions.filter(({ value }) => chosen.includes(value))}
          placeholder={t("choose")}
          onChange={({ detail }) => {
            setChosen(detail.selectedOptions.flatMap(({ value }) => value ?? []));
          }}
        />
      </FormField>
      <TextField label={t("collects")} description={t("collectsHint")} inputMode="numeric" value={minutes} onChange={setMinutes} />
      <ErrorAlert error={known.error ?? packages.error} />
    </FormDialog>
  );
}
