// The alarms that ring now.
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { useText } from "@/i18n";
import { type Called, Name, PlainTable, Time, useCall } from "@/kit";
import { Link, to } from "@/router";
import { useClient } from "@/session";
import { EVERY, MOST_ROWS } from "./limits";
import { strings } from "./strings";

export function useAlarms(): Called<MetricAlarm[]> {
  const cloudwatch = useClient(CloudWatchClient);
  return useCall(
    async (abortSignal) => {
      const answer = await cloudwatch.send(new DescribeAlarmsCommand({ StateValue: "ALARM", MaxRecords: 100 }), { abortSignal });
      return answer.MetricAlarms ?? [];
    },
    [cloudwatch],
    { every: EVERY },
  );
}

export function AlarmsNow({ alarms }: { alarms: Called<MetricAlarm[]> }) {
  const t = useText(strings);
  return (
    <PlainTable<MetricAlarm>
      title={t("alarmsNow")}
      items={(alarms.data ?? []).slice(0, MOST_ROWS)}
      loading={alarms.loading}
      error={alarms.error}
      onReload={alarms.reload}
      id={(alarm) => alarm.AlarmName ?? ""}
      columns={[
        {
          id: "name",
          header: t("alarm"),
          cell: (alarm) => (
            <Link to={to("cloudwatch", "alarms", alarm.AlarmName ?? "")}>
              <Name>{alarm.AlarmName}</Name>
            </Link>
          ),
        },
        { id: "since", header: t("since"), isNumber: true, cell: (alarm) => <Time ago at={alarm.StateUpdatedTimestamp} /> },
      ]}
      empty={{ title: t("noAlarms"), text: t("noAlarmsText") }}
    />
  );
}
