// The dialog that creates or changes a metric filter: its pattern can be tried and replayed first.
import { CloudWatchLogsClient, type MetricFilter, PutMetricFilterCommand } from "@aws-sdk/client-cloudwatch-logs";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, Lines, TextField } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings";
import { FilterReplay } from "./FilterReplay";
import { PatternTest } from "./PatternTest";

interface Properties {
  group: string;
  /** The filter that is changed; empty for a new one. */
  filter: MetricFilter;
  onClose: (done: boolean) => void;
}

export function MetricFilterForm({ group, filter, onClose }: Properties) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [made, ...others] = filter.metricTransformations ?? [];
  const [name, setName] = useState(filter.filterName ?? "");
  const [pattern, setPattern] = useState(filter.filterPattern ?? "");
  const [namespace, setNamespace] = useState(made?.metricNamespace ?? "");
  const [metricName, setMetricName] = useState(made?.metricName ?? "");
  const [value, setValue] = useState(made?.metricValue ?? "1");
  const [fallback, setFallback] = useState(made?.defaultValue === undefined ? "" : String(made.defaultValue));
  const isNew = filter.filterName === undefined;
  const input = {
    applyOnTransformedLogs: filter.applyOnTransformedLogs,
    fieldSelectionCriteria: filter.fieldSelectionCriteria,
    emitSystemFieldDimensions: filter.emitSystemFieldDimensions,
    logGroupName: group,
    filterName: name,
    filterPattern: pattern,
    metricTransformations: [
      { ...made, metricNamespace: namespace, metricName, metricValue: value, defaultValue: fallback === "" ? undefined : Number(fallback) },
      ...others,
    ],
  };
  const title = t(isNew ? "createFilter" : "editFilter");
  return (
    <FormDialog
      title={title}
      action={isNew ? title : t("save")}
      size="large"
      ready={name !== "" && namespace !== "" && metricName !== "" && value !== "" && Number.isFinite(Number(fallback))}
      commands={[cli("logs", "PutMetricFilter", input)]}
      onSubmit={async () => {
        await logs.send(new PutMetricFilterCommand(input));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <TextField label={t("name")} value={name} onChange={setName} disabled={!isNew} autoFocus={isNew} />
      <Lines rows={2} label={t("pattern")} description={t("patternHint")} value={pattern} onChange={setPattern} />
      <ColumnLayout columns={2}>
        <TextField label={t("namespace")} value={namespace} onChange={setNamespace} />
        <TextField label={t("metricName")} value={metricName} onChange={setMetricName} />
        <TextField label={t("metricValue")} description={t("metricValueHint")} value={value} onChange={setValue} />
        <TextField label={t("defaultValue")} description={t("defaultValueHint")} inputMode="decimal" value={fallback} onChange={setFallback} />
      </ColumnLayout>
      <ExpandableSection headerText={t("testPattern")}>
        <PatternTest group={group} pattern={pattern} />
      </ExpandableSection>
      <ExpandableSection headerText={t("replay")}>
        <FilterReplay pattern={pattern} metricValue={value} />
      </ExpandableSection>
    </FormDialog>
  );
}
