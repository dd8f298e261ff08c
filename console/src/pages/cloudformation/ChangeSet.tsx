// One change set: what would change and why, before anything does.
import {
  type Change,
  CloudFormationClient,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  ExecuteChangeSetCommand,
} from "@aws-sdk/client-cloudformation";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, ErrorAlert, flash, KeyValues, Page, Time, useCall } from "@/kit";
import { navigate, to } from "@/router";
import { useClient } from "@/session";
import { Changes } from "./Changes";
import { nameOf, stackPage } from "./names";
import { isMoving, Status } from "./Status";
import { strings } from "./strings";

const LOOK_AGAIN_MILLISECONDS = 1500;

interface Described {
  about: DescribeChangeSetCommandOutput;
  changes: Change[];
}

export function ChangeSetPage({ id, changeSet }: { id: string; changeSet: string }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const [open, setOpen] = useState<"execute" | "delete">();
  const [moving, setMoving] = useState(true);
  const described = useCall(
    async (abortSignal): Promise<Described> => {
      const input = { StackName: id, ChangeSetName: changeSet, IncludePropertyValues: true };
      const about = await cloudformation.send(new DescribeChangeSetCommand(input), { abortSignal });
      const changes = [...(about.Changes ?? [])];
      for (let token = about.NextToken; token; ) {
        const page: DescribeChangeSetCommandOutput = await cloudformation.send(new DescribeChangeSetCommand({ ...input, NextToken: token }), { abortSignal });
        changes.push(...(page.Changes ?? []));
        token = page.NextToken;
      }
      setMoving(isMoving(about.Status) || isMoving(about.ExecutionStatus));
      return { about, changes };
    },
    [cloudformation, id, changeSet],
    moving ? { every: LOOK_AGAIN_MILLISECONDS } : {},
  );
  const about = described.data?.about;
  const name = about?.ChangeSetName ?? nameOf(changeSet);
  const input = { StackName: id, ChangeSetName: changeSet };
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        disabled={!about}
        onClick={() => {
          setOpen("delete");
        }}
      >
        {t("delete")}
      </Button>
      <Button
        variant="primary"
        disabled={about?.ExecutionStatus !== "AVAILABLE"}
        onClick={() => {
          setOpen("execute");
        }}
      >
        {t("execute")}
      </Button>
    </SpaceBetween>
  );
  return (
    <Page
      title={name}
      crumbs={[
        { text: t("stacks"), to: to("cloudformation") },
        { text: nameOf(id), to: stackPage(id, "changes") },
      ]}
      actions={actions}
      help={t("changeSetHelp")}
    >
      <ErrorAlert error={described.error} onRetry={described.reload} />
      {about ? (
        <Container>
          <KeyValues
            columns={4}
            facts={[
              [t("status"), <Status key="status">{about.Status}</Status>],
              [t("execution"), <Status key="execution">{about.ExecutionStatus}</Status>],
              [t("created"), <Time key="created" at={about.CreationTime} />],
              [t("reason"), <bdi key="reason">{about.StatusReason ?? "—"}</bdi>],
            ]}
          />
        </Container>
      ) : null}
      <Changes changes={described.data?.changes ?? []} loading={described.loading || moving} />
      {open === "execute" ? (
        <Confirm
          title={t("execute")}
          action={t("execute")}
          commands={[cli("cloudformation", "ExecuteChangeSet", input)]}
          onConfirm={() => cloudformation.send(new ExecuteChangeSetCommand(input))}
          onClose={(done) => {
            setOpen(undefined);
            if (done) navigate(stackPage(id, "events"));
          }}
        >
          <bdi>{t("executeText", { name: nameOf(id) })}</bdi>
        </Confirm>
      ) : null}
      {open === "delete" ? (
        <Confirm
          title={t("deleteChangeSet")}
          commands={[cli("cloudformation", "DeleteChangeSet", input)]}
          onConfirm={async () => {
            await cloudformation.send(new DeleteChangeSetCommand(input));
            flash("success", t("deleted", { name }));
          }}
          onClose={(done) => {
            setOpen(undefined);
            if (done) navigate(stackPage(id, "changes"));
          }}
        >
          <bdi>{t("deleteChangeSetText", { name })}</bdi>
        </Confirm>
      ) : null}
    </Page>
  );
}
