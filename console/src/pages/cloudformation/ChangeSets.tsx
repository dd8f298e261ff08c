// The change sets of a stack.
import { type ChangeSetSummary, CloudFormationClient, ListChangeSetsCommand } from "@aws-sdk/client-cloudformation";
import Button from "@cloudscape-design/components/button";
import { useText } from "@/i18n";
import { Name, ResourceTable, Time } from "@/kit";
import { Link, navigate } from "@/router";
import { useClient } from "@/session";
import { changeSetPage, deployPage } from "./names";
import { Status } from "./Status";
import { strings } from "./strings";

export function ChangeSets({ stack, version }: { stack: string; version: string }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const create = (
    <Button
      onClick={() => {
        navigate(deployPage(stack));
      }}
    >
      {t("createChangeSet")}
    </Button>
  );
  return (
    <ResourceTable<ChangeSetSummary>
      name="cloudformation.changes"
      title={t("changeSets")}
      dependencies={[cloudformation, stack, version]}
      load={async ({ token, signal }) => {
        const answer = await cloudformation.send(new ListChangeSetsCommand({ StackName: stack, NextToken: token }), { abortSignal: signal });
        return { items: answer.Summaries ?? [], next: answer.NextToken };
      }}
      id={(one) => one.ChangeSetId ?? ""}
      label={(one) => one.ChangeSetName ?? ""}
      columns={[
        {
          id: "name",
          header: t("name"),
          value: (one) => one.ChangeSetName,
          cell: (one) => (
            <Link to={changeSetPage(stack, one.ChangeSetId ?? "")}>
              <Name>{one.ChangeSetName}</Name>
            </Link>
          ),
        },
        { id: "status", header: t("status"), value: (one) => one.Status, cell: (one) => <Status>{one.Status}</Status> },
        { id: "execution", header: t("execution"), value: (one) => one.ExecutionStatus, cell: (one) => <Status>{one.ExecutionStatus}</Status> },
        { id: "reason", header: t("reason"), value: (one) => one.StatusReason, cell: (one) => <bdi>{one.StatusReason ?? "—"}</bdi> },
        { id: "created", header: t("created"), value: (one) => one.CreationTime, cell: (one) => <Time at={one.CreationTime} ago />, unfiltered: true },
      ]}
      actions={() => create}
      empty={{ title: t("changeSetsEmpty"), text: t("changeSetsEmptyText"), action: create }}
    />
  );
}
