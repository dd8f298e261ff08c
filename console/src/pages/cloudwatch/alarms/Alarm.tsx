// One alarm: its metric against its threshold, its history, whom it tells.
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, KeyValues, Name, Page, Time, TimeRange, useCall } from "@/kit";
import { navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { Graph } from "../metrics/Graph";
import { alarmPage, metricText } from "../names";
import { strings } from "../strings";
import { AlarmForm } from "./AlarmForm";
import { AlarmState } from "./AlarmState";
import { conditionText, MISSING } from "./condition";
import { DeleteAlarms, SetState, SwitchActions } from "./changes";
import { History } from "./History";
import { Receivers } from "./Receivers";

const EVERY = 5000;
const THREE_HOURS = "10800";
type Dialog = "edit" | "delete" | "state" | "switch";

export function AlarmPage({ name }: { name: string }) {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const [open, setOpen] = useState<Dialog>();
  const found = useCall(
    async (abortSignal) => (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }), { abortSignal })).MetricAlarms?.[0] ?? null,
    [cloudwatch, name],
    { every: EVERY },
  );
  const alarm = found.data ?? undefined;
  const closed = (done: boolean) => {
    setOpen(undefined);
    if (done) found.reload();
  };
  const button = (dialog: Dialog, word: string) => (
    <Button
      disabled={!alarm}
      onClick={() => {
        setOpen(dialog);
      }}
    >
      {word}
    </Button>
  );
  return (
    <Page
      title={name}
      crumbs={[{ text: t("alarms"), to: to("cloudwatch") }]}
      help={t("alarmsHelp")}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {button("state", t("setState"))}
          {button("switch", t(alarm?.ActionsEnabled ? "disableActions" : "enableActions"))}
          {button("delete", t("delete"))}
          {button("edit", t("edit"))}
        </SpaceBetween>
      }
    >
      <ErrorAlert error={found.error} onRetry={found.reload} />
      {found.data === null ? <Alert type="warning">{t("noSuchAlarm")}</Alert> : null}
      {alarm ? <Details alarm={alarm} /> : null}
      {alarm ? <History name={name} version={alarm.StateUpdatedTimestamp?.getTime() ?? 0} /> : null}
      {open === "edit" && alarm ? (
        <AlarmForm
          alarm={alarm}
          onClose={(saved) => {
            closed(saved !== undefined);
            if (saved !== undefined && saved !== name) navigate(alarmPage(saved));
          }}
        />
      ) : null}
      {open === "state" ? <SetState name={name} onClose={closed} /> : null}
      {open === "switch" ? <SwitchActions names={[name]} on={!alarm?.ActionsEnabled} onClose={closed} /> : null}
      {open === "delete" ? (
        <DeleteAlarms
          names={[name]}
          onClose={(done) => {
            setOpen(undefined);
            if (done) navigate(to("cloudwatch"));
          }}
        />
      ) : null}
    </Page>
  );
}

function Details({ alarm }: { alarm: MetricAlarm }) {
  const t = useText(strings);
  const [range, setRange] = useQueryValue("range", THREE_HOURS);
  const { Threshold: threshold, Period: period = 60 } = alarm;
  const metric = { Namespace: alarm.Namespace, MetricName: alarm.MetricName, Dimensions: alarm.Dimensions };
  return (
    <>
      <Container>
        <KeyValues
          facts={[
            [t("state"), <AlarmState key="state" state={alarm.StateValue} />],
            [t("stateSince"), <Time key="since" at={alarm.StateUpdatedTimestamp} />],
            [t("reason"), <bdi key="reason">{alarm.StateReason ?? "—"}</bdi>],
            [t("condition"), <bdi key="condition">{conditionText(alarm)}</bdi>],
            [t("metric"), <Name key="metric">{metricText(metric)}</Name>],
            [t("missingData"), t(MISSING.find((one) => one === alarm.TreatMissingData) ?? "missing")],
            [t("description"), <bdi key="description">{alarm.AlarmDescription ?? "—"}</bdi>],
            [t("actions"), t(alarm.ActionsEnabled ? "on" : "off")],
            [t("arn"), <Name key="arn">{alarm.AlarmArn}</Name>],
          ]}
        />
      </Container>
      <Graph
        key={alarm.StateUpdatedTimestamp?.getTime()}
        title={t("metric")}
        metrics={[metric]}
        statistic={alarm.ExtendedStatistic ?? alarm.Statistic ?? "Sum"}
        period={period}
        unit={alarm.Unit}
        range={range}
        thresholds={threshold === undefined ? [] : [{ title: t("threshold"), value: threshold }]}
        controls={
          <div className="g-fields">
            <TimeRange label={t("range")} value={range} onChange={setRange} />
          </div>
        }
      />
      <Receivers alarm={alarm} />
    </>
  );
}
