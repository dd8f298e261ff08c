// The list of stacks.
import { CloudFormationClient, ListStacksCommand, type StackStatus, type StackSummary } from "@aws-sdk/client-cloudformation";
import Button from "@cloudscape-design/components/button";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable, Time } from "@/kit";
import { Link, navigate, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { DeleteStack } from "./DeleteStack";
import { deployPage, stackPage } from "./names";
import { Status } from "./Status";
import { strings } from "./strings";

/** Every status but DELETE_COMPLETE: what the server leaves out unless it is asked. */
const PRESENT: StackStatus[] = [
  "CREATE_IN_PROGRESS",
  "CREATE_FAILED",
  "CREATE_COMPLETE",
  "ROLLBACK_IN_PROGRESS",
  "ROLLBACK_FAILED",
  "ROLLBACK_COMPLETE",
  "DELETE_IN_PROGRESS",
  "DELETE_FAILED",
  "UPDATE_IN_PROGRESS",
  "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
  "UPDATE_COMPLETE",
  "UPDATE_FAILED",
  "UPDATE_ROLLBACK_IN_PROGRESS",
  "UPDATE_ROLLBACK_FAILED",
  "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
  "UPDATE_ROLLBACK_COMPLETE",
  "REVIEW_IN_PROGRESS",
  "IMPORT_IN_PROGRESS",
  "IMPORT_COMPLETE",
  "IMPORT_ROLLBACK_IN_PROGRESS",
  "IMPORT_ROLLBACK_FAILED",
  "IMPORT_ROLLBACK_COMPLETE",
];

export function StacksPage() {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const [deleted, setDeleted] = useQueryValue("deleted");
  const [deleting, setDeleting] = useState<string>();
  const [version, setVersion] = useState(0);
  const deploy = (
    <Button
      variant="primary"
      onClick={() => {
        navigate(deployPage());
      }}
    >
      {t("createStack")}
    </Button>
  );
  return (
    <Page title={t("stacks")} description={t("stacksText")} help={t("help")}>
      <ResourceTable<StackSummary>
        name="cloudformation.stacks"
        title={t("stacks")}
        dependencies={[cloudformation, version, deleted]}
        load={async ({ token, signal }) => {
          const input = { NextToken: token, ...(deleted ? {} : { StackStatusFilter: PRESENT }) };
          const answer = await cloudformation.send(new ListStacksCommand(input), { abortSignal: signal });
          return { items: answer.StackSummaries ?? [], next: answer.NextToken };
        }}
        id={(stack) => stack.StackId ?? stack.StackName ?? ""}
        label={(stack) => stack.StackName ?? ""}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (stack) => stack.StackName,
            cell: (stack) => (
              <Link to={stackPage(stack.StackId ?? "")}>
                <Name>{stack.StackName}</Name>
              </Link>
            ),
            width: 230,
          },
          { id: "status", header: t("status"), value: (stack) => stack.StackStatus, cell: (stack) => <Status>{stack.StackStatus}</Status>, width: 220 },
          {
            id: "drift",
            header: t("drift"),
            value: (stack) => stack.DriftInformation?.StackDriftStatus,
            cell: (stack) => <Status>{stack.DriftInformation?.StackDriftStatus}</Status>,
            width: 150,
          },
          {
            id: "updated",
            header: t("updated"),
            value: (stack) => stack.LastUpdatedTime ?? stack.CreationTime,
            cell: (stack) => <Time at={stack.LastUpdatedTime ?? stack.CreationTime} ago />,
            unfiltered: true,
            width: 140,
          },
          { id: "description", header: t("description"), value: (stack) => stack.TemplateDescription, cell: (stack) => <Name>{stack.TemplateDescription}</Name> },
        ]}
        filters={
          <Toggle
            checked={deleted !== ""}
            onChange={({ detail }) => {
              setDeleted(detail.checked ? "yes" : "");
            }}
          >
            {t("showDeleted")}
          </Toggle>
        }
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen || chosen.StackStatus === "DELETE_COMPLETE"}
              onClick={() => {
                setDeleting(chosen?.StackId);
              }}
            >
              {t("delete")}
            </Button>
            {deploy}
          </>
        )}
        empty={{ title: t("stacksEmpty"), text: t("stacksEmptyText"), action: deploy }}
      />
      {deleting ? (
        <DeleteStack
          id={deleting}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
    </Page>
  );
}
