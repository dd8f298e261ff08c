// What happened to a stack, the latest first; looked at again while it changes.
import { CloudFormationClient, DescribeStackEventsCommand, type StackEvent } from "@aws-sdk/client-cloudformation";
import { useEffect, useState } from "react";
import { useText } from "@/i18n";
import { Name, ResourceTable, Time } from "@/kit";
import { useClient } from "@/session";
import { Status } from "./Status";
import { strings } from "./strings";

const LOOK_AGAIN_MILLISECONDS = 3000;

export function Events({ stack, version, moving }: { stack: string; version: string; moving: boolean }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(() => {
      setTurn((count) => count + 1);
    }, LOOK_AGAIN_MILLISECONDS);
    return () => {
      clearInterval(timer);
    };
  }, [moving]);
  return (
    <ResourceTable<StackEvent>
      name="cloudformation.events"
      title={t("events")}
      dependencies={[cloudformation, stack, version, turn]}
      load={async ({ token, signal }) => {
        const answer = await cloudformation.send(new DescribeStackEventsCommand({ StackName: stack, NextToken: token }), { abortSignal: signal });
        return { items: answer.StackEvents ?? [], next: answer.NextToken };
      }}
      id={(event) => event.EventId ?? ""}
      label={(event) => event.LogicalResourceId ?? ""}
      columns={[
        { id: "logical", header: t("logicalId"), value: (event) => event.LogicalResourceId, cell: (event) => <Name>{event.LogicalResourceId}</Name>, width: 150 },
        { id: "time", header: t("time"), value: (event) => event.Timestamp, cell: (event) => <Time at={event.Timestamp} />, unfiltered: true, width: 215 },
        { id: "status", header: t("status"), value: (event) => event.ResourceStatus, cell: (event) => <Status>{event.ResourceStatus}</Status>, width: 225 },
        { id: "reason", header: t("reason"), value: (event) => event.ResourceStatusReason, cell: (event) => <bdi>{event.ResourceStatusReason ?? "—"}</bdi>, width: 260 },
        { id: "type", header: t("type"), value: (event) => event.ResourceType },
        { id: "physical", header: t("physicalId"), value: (event) => event.PhysicalResourceId, cell: (event) => <Name>{event.PhysicalResourceId}</Name>, hidden: true },
      ]}
      empty={{ title: t("eventsEmpty"), text: t("eventsEmptyText") }}
    />
  );
}
