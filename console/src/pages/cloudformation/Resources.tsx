// What a stack made.
import { CloudFormationClient, ListStackResourcesCommand, type StackResourceSummary } from "@aws-sdk/client-cloudformation";
import { useText } from "@/i18n";
import { Name, ResourceTable, Time } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { stackPage } from "./names";
import { Status } from "./Status";
import { strings } from "./strings";

export function Resources({ stack, version }: { stack: string; version: string }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  return (
    <ResourceTable<StackResourceSummary>
      name="cloudformation.resources"
      title={t("resources")}
      dependencies={[cloudformation, stack, version]}
      load={async ({ token, signal }) => {
        const answer = await cloudformation.send(new ListStackResourcesCommand({ StackName: stack, NextToken: token }), { abortSignal: signal });
        return { items: answer.StackResourceSummaries ?? [], next: answer.NextToken };
      }}
      id={(resource) => resource.LogicalResourceId ?? ""}
      columns={[
        { id: "logical", header: t("logicalId"), value: (resource) => resource.LogicalResourceId, cell: (resource) => <Name>{resource.LogicalResourceId}</Name>, width: 160 },
        { id: "physical", header: t("physicalId"), value: (resource) => resource.PhysicalResourceId, cell: (resource) => <Physical resource={resource} />, width: 230 },
        { id: "type", header: t("type"), value: (resource) => resource.ResourceType, width: 200 },
        { id: "status", header: t("status"), value: (resource) => resource.ResourceStatus, cell: (resource) => <Status>{resource.ResourceStatus}</Status>, width: 210 },
        {
          id: "drift",
          header: t("drift"),
          value: (resource) => resource.DriftInformation?.StackResourceDriftStatus,
          cell: (resource) => <Status>{resource.DriftInformation?.StackResourceDriftStatus}</Status>,
          width: 150,
        },
        { id: "reason", header: t("reason"), value: (resource) => resource.ResourceStatusReason, cell: (resource) => <bdi>{resource.ResourceStatusReason ?? "—"}</bdi> },
        {
          id: "updated",
          header: t("updated"),
          value: (resource) => resource.LastUpdatedTimestamp,
          cell: (resource) => <Time at={resource.LastUpdatedTimestamp} ago />,
          unfiltered: true,
          hidden: true,
        },
      ]}
      empty={{ title: t("resourcesEmpty"), text: t("resourcesEmptyText") }}
    />
  );
}

/** A nested stack is a link to its own page. */
function Physical({ resource }: { resource: StackResourceSummary }) {
  const id = resource.PhysicalResourceId;
  if (!id || resource.ResourceType !== "AWS::CloudFormation::Stack") return <Name>{id}</Name>;
  return (
    <Link to={stackPage(id)}>
      <Name>{id}</Name>
    </Link>
  );
}
