// The filters that the server does: severity and status at once, beginnings of names when they are applied.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useText } from "@/i18n";
import { TextField } from "@/kit";
import { changeQuery } from "@/router";
import { SEVERITIES, STATUSES, type Wanted } from "./criteria";
import { strings } from "./strings";
import "./inspector.css";

export function FindingFilters({ wanted }: { wanted: Wanted }) {
  const t = useText(strings);
  const [host, setHost] = useState(wanted.host);
  const [name, setName] = useState(wanted.package);
  const [cve, setCve] = useState(wanted.cve);
  const severities = [{ value: "", label: t("anySeverity") }, ...SEVERITIES.map((value) => ({ value, label: t(value) }))];
  const statuses = STATUSES.map((value) => ({ value, label: t(value) }));
  return (
    <form
      className="g-finding-filters"
      onSubmit={(event) => {
        event.preventDefault();
        changeQuery({ host, package: name, cve });
      }}
    >
      <FormField label={t("severity")}>
        <Select
          options={severities}
          selectedOption={severities.find(({ value }) => value === wanted.severity) ?? null}
          onChange={({ detail }) => {
            changeQuery({ severity: detail.selectedOption.value });
          }}
        />
      </FormField>
      <FormField label={t("status")}>
        <Select
          options={statuses}
          selectedOption={statuses.find(({ value }) => value === wanted.status) ?? null}
          onChange={({ detail }) => {
            changeQuery({ status: detail.selectedOption.value });
          }}
        />
      </FormField>
      <TextField label={t("host")} placeholder={t("beginsWith")} value={host} onChange={setHost} />
      <TextField label={t("package")} placeholder={t("beginsWith")} value={name} onChange={setName} />
      <TextField label={t("vulnerability")} placeholder="CVE-2026-…" value={cve} onChange={setCve} />
      <Button formAction="submit">{t("apply")}</Button>
    </form>
  );
}
