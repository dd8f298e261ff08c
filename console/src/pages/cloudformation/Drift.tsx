// How a stack's resources came away from its template, by hand or otherwise.
import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  type StackResourceDrift,
} from "@aws-sdk/client-cloudformation";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, JsonDiff, Name, ResourceTable, Time, useAction } from "@/kit";
import { useClient } from "@/session";
import { Status } from "./Status";
import { strings } from "./strings";

const LOOK_AGAIN_MILLISECONDS = 1000;

export function Drift({ stack, onDetected }: { stack: string; onDetected: () => void }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const [version, setVersion] = useState(0);
  const [chosen, setChosen] = useState<StackResourceDrift>();
  const input = { StackName: stack };
  const detect = useAction(async () => {
    const { StackDriftDetectionId } = await cloudformation.send(new DetectStackDriftCommand(input));
    for (;;) {
      const status = await cloudformation.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
      if (status.DetectionStatus === "DETECTION_FAILED") throw new Error(status.DetectionStatusReason);
      if (status.DetectionStatus === "DETECTION_COMPLETE") break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS));
    }
    setVersion((count) => count + 1);
    onDetected();
  });
  const button = (
    <Button loading={detect.busy} onClick={() => void detect.run()}>
      {t("detectDrift")}
    </Button>
  );
  return (
    <SpaceBetween size="m">
      <ErrorAlert error={detect.error} />
      <ResourceTable<StackResourceDrift>
        name="cloudformation.drifts"
        title={t("drift")}
        dependencies={[cloudformation, stack, version]}
        load={async ({ token, signal }) => {
          const answer = await cloudformation.send(new DescribeStackResourceDriftsCommand({ ...input, NextToken: token }), { abortSignal: signal });
          return { items: answer.StackResourceDrifts ?? [], next: answer.NextToken };
        }}
        id={(drift) => drift.LogicalResourceId ?? ""}
        columns={[
          { id: "logical", header: t("logicalId"), value: (drift) => drift.LogicalResourceId, cell: (drift) => <Name>{drift.LogicalResourceId}</Name>, width: 140 },
          { id: "status", header: t("drift"), value: (drift) => drift.StackResourceDriftStatus, cell: (drift) => <Status>{drift.StackResourceDriftStatus}</Status>, width: 130 },
          { id: "type", header: t("type"), value: (drift) => drift.ResourceType, width: 185 },
          { id: "physical", header: t("physicalId"), value: (drift) => drift.PhysicalResourceId, cell: (drift) => <Name>{drift.PhysicalResourceId}</Name>, width: 180 },
          { id: "differences", header: t("differing"), value: (drift) => (drift.PropertyDifferences ?? []).map(({ PropertyPath }) => PropertyPath).join(", "), width: 225 },
          { id: "time", header: t("checked"), value: (drift) => drift.Timestamp, cell: (drift) => <Time at={drift.Timestamp} ago />, unfiltered: true },
        ]}
        selection="single"
        onSelect={([one]) => {
          setChosen(one);
        }}
        actions={() => button}
        empty={{ title: t("driftEmpty"), text: t("driftEmptyText"), action: button }}
      />
      {chosen ? (
        <Container header={<Header variant="h2">{t("differences", { name: chosen.LogicalResourceId ?? "" })}</Header>}>
          <JsonDiff before={chosen.ExpectedProperties ?? "{}"} after={chosen.ActualProperties ?? "{}"} />
        </Container>
      ) : null}
      <CliPanel commands={[cli("cloudformation", "DetectStackDrift", input)]} />
    </SpaceBetween>
  );
}
