// The dialog that makes a rule which suppresses findings.
import { CreateFilterCommand, type CreateFilterCommandInput, Inspector2Client } from "@aws-sdk/client-inspector2";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { criteriaOf, EVERY_STATUS, SEVERITIES, type Wanted } from "./criteria";
import { strings } from "./strings";

const NOTHING: Wanted = { severity: "", status: EVERY_STATUS, host: "", package: "", cve: "" };

interface Properties {
  /** What is suppressed, to begin with. */
  wanted?: Wanted;
  onClose: (done: boolean) => void;
}

export function CreateFilter({ wanted: given = NOTHING, onClose }: Properties) {
  const t = useText(strings);
  const inspector = useClient(Inspector2Client);
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const [wanted, setWanted] = useState<Wanted>({ ...given, status: EVERY_STATUS });
  const input: CreateFilterCommandInput = {
    action: "SUPPRESS",
    name,
    filterCriteria: criteriaOf(wanted),
    ...(reason ? { reason } : {}),
  };
  const isNarrow = wanted.severity !== "" || wanted.host !== "" || wanted.package !== "" || wanted.cve !== "";
  const severities = [{ value: "", label: t("anySeverity") }, ...SEVERITIES.map((value) => ({ value, label: t(value) }))];
  const change = (changed: Partial<Wanted>) => {
    setWanted({ ...wanted, ...changed });
  };
  return (
    <FormDialog
      title={t("createRule")}
      action={t("createRule")}
      ready={name !== "" && isNarrow}
      commands={[cli("inspector2", "CreateFilter", input)]}
      onSubmit={async () => {
        await inspector.send(new CreateFilterCommand(input));
        flash("success", t("ruleCreated", { name }));
      }}
      onClose={onClose}
    >
      {t("createRuleText")}
      <TextField label={t("name")} value={name} onChange={setName} autoFocus />
      <TextField label={t("reason")} description={t("reasonHint")} value={reason} onChange={setReason} />
      <FormField label={t("severity")}>
        <Select
          options={severities}
          selectedOption={severities.find(({ value }) => value === wanted.severity) ?? null}
          onChange={({ detail }) => {
            change({ severity: detail.selectedOption.value ?? "" });
          }}
        />
      </FormField>
      <TextField label={t("host")} description={t("beginsWith")} value={wanted.host} onChange={(host) => { change({ host }); }} />
      <TextField label={t("package")} description={t("beginsWith")} value={wanted.package} onChange={(chosen) => { change({ package: chosen }); }} />
      <TextField label={t("vulnerability")} description={t("beginsWith")} value={wanted.cve} onChange={(cve) => { change({ cve }); }} />
    </FormDialog>
  );
}
