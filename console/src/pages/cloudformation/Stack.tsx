// One stack: what it is, made of, went through, and how it came away from its template.
import { CloudFormationClient, DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, ifKnown, KeyValues, Name, Page, Time, useCall } from "@/kit";
import { Link, navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { ChangeSets } from "./ChangeSets";
import { DeleteStack } from "./DeleteStack";
import { Drift } from "./Drift";
import { Events } from "./Events";
import { deployPage, nameOf, stackPage } from "./names";
import { Protection } from "./Protection";
import { Resources } from "./Resources";
import { isMoving, Status } from "./Status";
import { strings } from "./strings";
import { Template } from "./Template";
import { Values } from "./Values";

const LOOK_AGAIN_MILLISECONDS = 3000;

export function StackPage({ id }: { id: string }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const [tab, setTab] = useQueryValue("tab", "resources");
  const [open, setOpen] = useState<"delete" | "protection">();
  const [moving, setMoving] = useState(false);
  const stack = useCall(
    async (abortSignal) => {
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: id }), { abortSignal });
      setMoving(isMoving(Stacks?.[0]?.StackStatus));
      return Stacks?.[0];
    },
    [cloudformation, id],
    moving ? { every: LOOK_AGAIN_MILLISECONDS } : {},
  );
  const name = nameOf(id);
  const status = stack.data?.StackStatus;
  const isGone = status === "DELETE_COMPLETE";
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        disabled={isGone}
        onClick={() => {
          setOpen("delete");
        }}
      >
        {t("delete")}
      </Button>
      <Button
        disabled={isGone || !stack.data}
        onClick={() => {
          setOpen("protection");
        }}
      >
        {t("protection")}
      </Button>
      <Button
        variant="primary"
        disabled={isGone}
        onClick={() => {
          navigate(deployPage(id));
        }}
      >
        {t("update")}
      </Button>
    </SpaceBetween>
  );
  // What is shown below is looked at again whenever the stack's status has changed.
  const version = `${status ?? ""}${moving ? stack.data?.LastUpdatedTime?.toISOString() : ""}`;
  return (
    <Page title={name} description={<bdi>{stack.data?.Description}</bdi>} crumbs={[{ text: t("stacks"), to: to("cloudformation") }]} actions={actions} help={t("help")}>
      <ErrorAlert error={stack.error} onRetry={stack.reload} />
      {stack.data ? (
        <Container>
          <Facts stack={stack.data} />
        </Container>
      ) : null}
      <Tabs
        ariaLabel={t("stack")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          { id: "resources", label: t("resources"), content: <Resources stack={id} version={version} /> },
          { id: "events", label: t("events"), content: <Events stack={id} version={version} moving={moving} /> },
          { id: "values", label: t("values"), content: stack.data ? <Values stack={stack.data} /> : null },
          { id: "template", label: t("template"), content: <Template stack={id} version={version} /> },
          { id: "changes", label: t("changeSets"), content: <ChangeSets stack={id} version={version} /> },
          { id: "drift", label: t("drift"), content: <Drift stack={id} onDetected={stack.reload} /> },
        ]}
      />
      {open === "delete" ? (
        <DeleteStack
          id={id}
          onClose={() => {
            setOpen(undefined);
            stack.reload();
          }}
        />
      ) : null}
      {open === "protection" && stack.data ? (
        <Protection
          stack={stack.data}
          onClose={() => {
            setOpen(undefined);
            stack.reload();
          }}
        />
      ) : null}
    </Page>
  );
}

function Facts({ stack }: { stack: Stack }) {
  const t = useText(strings);
  return (
    <KeyValues
      columns={4}
      facts={[
        [t("status"), <Status key="status">{stack.StackStatus}</Status>],
        [t("drift"), <Status key="drift">{stack.DriftInformation?.StackDriftStatus}</Status>],
        [t("protection"), t(stack.EnableTerminationProtection ? "on" : "off")],
        [t("created"), <Time key="created" at={stack.CreationTime} />],
        ...ifKnown(t("updated"), stack.LastUpdatedTime, (at) => <Time at={at} />),
        ...ifKnown(t("reason"), stack.StackStatusReason, (reason) => <bdi>{reason}</bdi>),
        ...ifKnown(t("role"), stack.RoleARN, (role) => <Name>{role}</Name>),
        ...ifKnown(t("parent"), stack.ParentId, (parent) => (
          <Link to={stackPage(parent)}>
            <Name>{nameOf(parent)}</Name>
          </Link>
        )),
        [t("arn"), <Name key="arn">{stack.StackId}</Name>],
      ]}
    />
  );
}
