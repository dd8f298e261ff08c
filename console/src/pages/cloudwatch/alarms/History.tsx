// What happened to an alarm: changes of its state and of itself, and what it did.
import { type AlarmHistoryItem, CloudWatchClient, DescribeAlarmHistoryCommand } from "@aws-sdk/client-cloudwatch";
import { useText } from "@/i18n";
import { Name, ResourceTable, Time } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings";

export function History({ name, version }: { name: string; version: number }) {
  const t = useText(strings);
  const cloudwatch = useClient(CloudWatchClient);
  const kindOf = ({ HistoryItemType: type }: AlarmHistoryItem) => (type === "StateUpdate" || type === "ConfigurationUpdate" || type === "Action" ? t(type) : type);
  return (
    <ResourceTable<AlarmHistoryItem>
      name="cloudwatch.history"
      title={t("history")}
      dependencies={[cloudwatch, name, version]}
      load={async ({ token, signal }) => {
        const answer = await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName: name, NextToken: token, MaxRecords: 100 }), { abortSignal: signal });
        return { items: answer.AlarmHistoryItems ?? [], next: answer.NextToken };
      }}
      id={(item) => `${item.Timestamp?.toISOString() ?? ""} ${item.HistoryItemType ?? ""} ${item.HistorySummary ?? ""}`}
      columns={[
        { id: "time", header: t("time"), value: (item) => item.Timestamp, cell: (item) => <Time at={item.Timestamp} />, unfiltered: true, width: 215 },
        { id: "type", header: t("type"), value: (item) => kindOf(item), width: 190 },
        { id: "summary", header: t("summary"), value: (item) => item.HistorySummary, cell: (item) => <bdi>{item.HistorySummary}</bdi>, minWidth: 320 },
        { id: "data", header: t("data"), cell: (item) => <Name>{item.HistoryData}</Name>, hidden: true },
      ]}
      empty={{ title: t("historyEmpty"), text: t("historyEmptyText") }}
    />
  );
}
