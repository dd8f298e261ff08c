// Whom an alarm tells of which state.
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { useText } from "@/i18n";
import { Name, PlainTable } from "@/kit";
import { Link, to } from "@/router";
import { strings } from "../strings";
import { AlarmState } from "./AlarmState";

export function Receivers({ alarm }: { alarm: MetricAlarm }) {
  const t = useText(strings);
  const of = (state: "ALARM" | "OK" | "INSUFFICIENT_DATA", arns: string[] = []) => arns.map((arn) => ({ state, arn }));
  return (
    <PlainTable
      title={t("receivers")}
      items={[...of("ALARM", alarm.AlarmActions), ...of("OK", alarm.OKActions), ...of("INSUFFICIENT_DATA", alarm.InsufficientDataActions)]}
      id={({ state, arn }) => `${state} ${arn}`}
      columns={[
        { id: "state", header: t("state"), cell: ({ state }) => <AlarmState state={state} /> },
        {
          id: "arn",
          header: t("topic"),
          cell: ({ arn }) => (
            <Link to={to("sns", "topics", arn)}>
              <Name>{arn.split(":").pop()}</Name>
            </Link>
          ),
        },
      ]}
      empty={{ title: t("receiversEmpty"), text: t("receiversEmptyText") }}
    />
  );
}
