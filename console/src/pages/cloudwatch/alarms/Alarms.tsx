// The list of alarms.
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm, type StateValue } from "@aws-sdk/client-cloudwatch";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable, Time } from "@/kit";
import { Link, navigate, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { Applied } from "../Applied";
import { Choice } from "../Choice";
import { alarmPage } from "../names";
import { strings } from "../strings";
import { AlarmForm } from "./AlarmForm";
import { AlarmState, STATES } from "./AlarmState";
import { conditionText } from "./condition";
import { DeleteAlarms, SwitchActions } from "./changes";

const EVERY_STATE = "every";

export function AlarmsPage() {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const [state, setState] = useQueryValue("state", EVERY_STATE);
  const [prefix, setPrefix] = useQueryValue("prefix");
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<string[]>();
  const [switching, setSwitching] = useState<{ names: string[]; on: boolean }>();
  const [version, setVersion] = useState(0);
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createAlarm")}
    </Button>
  );
  const closed = (done: boolean) => {
    setDeleting(undefined);
    setSwitching(undefined);
    if (done) setVersion(version + 1);
  };
  return (
    <Page title={t("alarms")} description={t("alarmsText")} help={t("alarmsHelp")}>
      <ResourceTable<MetricAlarm>
        name="cloudwatch.alarms"
        title={t("alarms")}
        dependencies={[cloudwatch, version, state, prefix]}
        load={async ({ token, signal }) => {
          const input = { NextToken: token, MaxRecords: 100, AlarmNamePrefix: prefix || undefined, StateValue: STATES.find((one): one is StateValue & typeof one => one === state) };
          const answer = await cloudwatch.send(new DescribeAlarmsCommand(input), { abortSignal: signal });
          return { items: answer.MetricAlarms ?? [], next: answer.NextToken };
        }}
        id={(alarm) => alarm.AlarmName ?? ""}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (alarm) => alarm.AlarmName,
            cell: (alarm) => (
              <Link to={alarmPage(alarm.AlarmName ?? "")}>
                <Name>{alarm.AlarmName}</Name>
              </Link>
            ),
            width: 290,
          },
          { id: "state", header: t("state"), value: (alarm) => alarm.StateValue, cell: (alarm) => <AlarmState state={alarm.StateValue} />, width: 175 },
          { id: "updated", header: t("stateSince"), value: (alarm) => alarm.StateUpdatedTimestamp, cell: (alarm) => <Time ago at={alarm.StateUpdatedTimestamp} />, unfiltered: true, width: 150 },
          { id: "actions", header: t("actions"), value: (alarm) => t(alarm.ActionsEnabled ? "on" : "off"), width: 120 },
          { id: "condition", header: t("condition"), value: conditionText, cell: (alarm) => <bdi>{conditionText(alarm)}</bdi>, minWidth: 320 },
        ]}
        filters={
          <div className="g-fields">
            <Choice
              label={t("state")}
              value={state}
              options={[{ value: EVERY_STATE, label: t("everyState") }, ...STATES.map((value) => ({ value, label: t(value) }))]}
              onChange={setState}
            />
            <Applied label={t("namePrefix")} value={prefix} onApply={setPrefix} />
          </div>
        }
        selection="multi"
        actions={(chosen) => {
          const names = chosen.map(({ AlarmName = "" }) => AlarmName);
          return (
            <>
              {[true, false].map((on) => (
                <Button
                  key={String(on)}
                  disabled={names.length === 0}
                  onClick={() => {
                    setSwitching({ names, on });
                  }}
                >
                  {t(on ? "enableActions" : "disableActions")}
                </Button>
              ))}
              <Button
                disabled={names.length === 0}
                onClick={() => {
                  setDeleting(names);
                }}
              >
                {t("delete")}
              </Button>
              {create}
            </>
          );
        }}
        empty={state === EVERY_STATE && prefix === "" ? { title: t("alarmsEmpty"), text: t("alarmsEmptyText"), action: create } : { title: t("noneFound"), text: t("noneFoundText") }}
      />
      {creating ? (
        <AlarmForm
          onClose={(name) => {
            setCreating(false);
            if (name) navigate(alarmPage(name));
          }}
        />
      ) : null}
      {deleting ? <DeleteAlarms names={deleting} onClose={closed} /> : null}
      {switching ? <SwitchActions names={switching.names} on={switching.on} onClose={closed} /> : null}
    </Page>
  );
}
