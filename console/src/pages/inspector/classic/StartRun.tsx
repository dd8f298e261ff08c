// The dialog that starts a run of a template.
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { classic, type Template } from "./api";
import { classicStrings } from "./strings";

export function StartRun({ template, onClose }: { template: Template; onClose: (run?: string) => void }) {
  const t = useText(classicStrings);
  const [name, setName] = useState("");
  const input = { assessmentTemplateArn: template.arn, ...(name ? { assessmentRunName: name } : {}) };
  return (
    <FormDialog
      title={t("startRun")}
      action={t("startRun")}
      commands={[cli("inspector", "StartAssessmentRun", input)]}
      onSubmit={async () => {
        const { assessmentRunArn } = await classic<{ assessmentRunArn: string }>("StartAssessmentRun", input);
        flash("success", t("runStarted"));
        onClose(assessmentRunArn);
      }}
      onClose={(done) => {
        if (!done) onClose();
      }}
    >
      <bdi>{t("startRunText", { name: template.name })}</bdi>
      <TextField label={t("runName")} description={t("runNameHint")} value={name} onChange={setName} autoFocus />
    </FormDialog>
  );
}
