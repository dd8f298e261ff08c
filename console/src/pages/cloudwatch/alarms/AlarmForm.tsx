// The dialog that creates an alarm or changes one.
import { CloudWatchClient, type ComparisonOperator, type MetricAlarm, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, Lines, TextField } from "@/kit";
import { useClient } from "@/session";
import { Choice } from "../Choice";
import { STATISTICS } from "../metrics/metricQuery";
import { strings } from "../strings";
import { COMPARISONS, MISSING } from "./condition";
import { Dimensions } from "./Dimensions";
import { type Draft, draftOf, isReady, requestOf } from "./draft";

interface Properties {
  /** The alarm that is changed, or the metric of a new one. */
  alarm?: MetricAlarm;
  onClose: (name?: string) => void;
}

export function AlarmForm({ alarm = {}, onClose }: Properties) {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const [draft, setDraft] = useState(() => draftOf(alarm));
  const isNew = alarm.AlarmName === undefined;
  const input = requestOf(draft, alarm);
  const set = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
  };
  const title = t(isNew ? "createAlarm" : "editAlarm");
  return (
    <FormDialog
      title={title}
      action={isNew ? title : t("save")}
      size="large"
      ready={isReady(draft)}
      commands={[cli("cloudwatch", "PutMetricAlarm", input)]}
      onSubmit={async () => {
        await cloudwatch.send(new PutMetricAlarmCommand(input));
        flash("success", t("saved"));
        onClose(draft.name);
      }}
      onClose={(done) => {
        if (!done) onClose();
      }}
    >
      <ColumnLayout columns={2}>
        <TextField label={t("name")} value={draft.name} disabled={!isNew} autoFocus={isNew} onChange={(name) => { set({ name }); }} />
        <TextField label={t("description")} value={draft.description} onChange={(description) => { set({ description }); }} />
        <TextField label={t("namespace")} value={draft.namespace} onChange={(namespace) => { set({ namespace }); }} />
        <TextField label={t("metricName")} value={draft.metricName} onChange={(metricName) => { set({ metricName }); }} />
      </ColumnLayout>
      <Dimensions value={draft.dimensions} onChange={(dimensions) => { set({ dimensions }); }} />
      <ColumnLayout columns={2}>
        <Choice label={t("statistic")} value={draft.statistic} options={STATISTICS.map((value) => ({ value, label: value }))} onChange={(statistic) => { set({ statistic }); }} />
        <TextField label={t("periodSeconds")} inputMode="numeric" value={draft.period} onChange={(period) => { set({ period }); }} />
        <Choice
          label={t("comparison")}
          value={draft.comparison}
          options={Object.entries(COMPARISONS).map(([value, sign]) => ({ value, label: `${sign} (${value})` }))}
          onChange={(comparison) => { set({ comparison: comparison as ComparisonOperator }); }}
        />
        <TextField label={t("threshold")} inputMode="decimal" value={draft.threshold} onChange={(threshold) => { set({ threshold }); }} />
        <TextField label={t("datapoints")} description={t("datapointsHint")} inputMode="numeric" value={draft.datapoints} onChange={(datapoints) => { set({ datapoints }); }} />
        <TextField label={t("evaluated")} description={t("evaluatedHint")} inputMode="numeric" value={draft.evaluated} onChange={(evaluated) => { set({ evaluated }); }} />
      </ColumnLayout>
      <Choice label={t("missingData")} value={draft.missing} options={MISSING.map((value) => ({ value, label: t(value) }))} onChange={(missing) => { set({ missing }); }} />
      <Lines rows={2} label={t("alarmActions")} description={t("actionsHint")} value={draft.alarmActions} onChange={(alarmActions) => { set({ alarmActions }); }} />
      <Lines rows={2} label={t("okActions")} value={draft.okActions} onChange={(okActions) => { set({ okActions }); }} />
      <Lines rows={2} label={t("dataActions")} value={draft.dataActions} onChange={(dataActions) => { set({ dataActions }); }} />
    </FormDialog>
  );
}
