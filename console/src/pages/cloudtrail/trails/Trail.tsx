// One trail: where its files go, whether they arrive, what it takes, and proof that nobody changed them.
import {
  CloudTrailClient,
  DeleteTrailCommand,
  GetEventSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, ErrorAlert, flash, JsonEditor, KeyValues, Name, Page, prettyJson, Time, useAction, useCall } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { strings } from "../strings";
import { Integrity } from "./Integrity";
import { Digests, Logging } from "./Trails";

export function TrailPage({ arn }: { arn: string }) {
  const t = useText(strings);
  const client = useClient(CloudTrailClient);
  const [open, setOpen] = useState<"delete" | "stop">();
  const input = { Name: arn };
  const trail = useCall(async (abortSignal) => (await client.send(new GetTrailCommand(input), { abortSignal })).Trail, [client, arn]);
  const status = useCall((abortSignal) => client.send(new GetTrailStatusCommand(input), { abortSignal }), [client, arn], { every: 15_000 });
  const selectors = useCall(
    async (abortSignal) => {
      const { EventSelectors, AdvancedEventSelectors } = await client.send(new GetEventSelectorsCommand({ TrailName: arn }), { abortSignal });
      return AdvancedEventSelectors ?? EventSelectors ?? [];
    },
    [client, arn],
  );
  const start = useAction(async () => {
    await client.send(new StartLoggingCommand(input));
    flash("success", t("started"));
    status.reload();
  });
  const name = trail.data?.Name ?? arn.split("/").pop() ?? arn;
  const facts = status.data;
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        onClick={() => {
          setOpen("delete");
        }}
      >
        {t("delete")}
      </Button>
      {facts?.IsLogging ? (
        <Button
          onClick={() => {
            setOpen("stop");
          }}
        >
          {t("stopLogging")}
        </Button>
      ) : (
        <Button variant="primary" disabled={!facts} loading={start.busy} onClick={() => void start.run()}>
          {t("startLogging")}
        </Button>
      )}
    </SpaceBetween>
  );
  return (
    <Page title={name} crumbs={[{ text: t("trails"), to: to("cloudtrail", "trails") }]} actions={actions} help={t("trailsHelp")}>
      <ErrorAlert error={trail.error} onRetry={trail.reload} />
      <ErrorAlert error={status.error} onRetry={status.reload} />
      <ErrorAlert error={start.error} />
      <Container>
        <KeyValues
          columns={4}
          facts={[
            [t("logging"), <Logging key="logging" status={facts} />],
            [t("integrity"), <Digests key="integrity" isOn={trail.data?.LogFileValidationEnabled ?? false} status={facts} />],
            [t("delivered"), <Time key="delivered" at={facts?.LatestDeliveryTime} />],
            [t("digested"), <Time key="digested" at={facts?.LatestDigestDeliveryTime} />],
            [t("bucket"), <Name key="bucket">{trail.data?.S3BucketName}</Name>],
            [t("prefix"), <Name key="prefix">{trail.data?.S3KeyPrefix}</Name>],
            [t("kmsKey"), <Named key="key" arn={trail.data?.KmsKeyId} name={(key) => key.split("/").pop()} at={(_, key) => to("kms", "keys", key)} />],
            [t("topic"), <Named key="topic" arn={trail.data?.SnsTopicARN} name={(topic) => topic.split(":").pop()} at={(topic) => to("sns", "topics", topic)} />],
            [t("logGroup"), <Named key="group" arn={trail.data?.CloudWatchLogsLogGroupArn} name={(group) => group.split(":")[6]} at={(_, group) => to("cloudwatch", "logs", group)} />],
            [t("homeRegion"), trail.data?.HomeRegion],
            [t("everywhere"), trail.data && t(trail.data.IsMultiRegionTrail ? "yes" : "no")],
            [t("organization"), trail.data && t(trail.data.IsOrganizationTrail ? "yes" : "no")],
          ]}
        />
      </Container>
      {trail.data?.LogFileValidationEnabled ? <Integrity trail={trail.data} /> : null}
      <Container header={<Header variant="h2">{t("selectors")}</Header>}>
        <ErrorAlert error={selectors.error} onRetry={selectors.reload} />
        {selectors.data ? <JsonEditor readOnly value={prettyJson(selectors.data)} ariaLabel={t("selectors")} maxLines={30} /> : null}
      </Container>
      {open === "stop" ? (
        <Confirm
          title={t("stopLogging")}
          action={t("stopLogging")}
          commands={[cli("cloudtrail", "StopLogging", input)]}
          onConfirm={() => client.send(new StopLoggingCommand(input))}
          onClose={() => {
            setOpen(undefined);
            status.reload();
          }}
        >
          <bdi>{t("stopText", { name })}</bdi>
        </Confirm>
      ) : null}
      {open === "delete" ? (
        <Confirm
          title={t("deleteTrail")}
          typed={name}
          commands={[cli("cloudtrail", "DeleteTrail", input)]}
          onConfirm={() => client.send(new DeleteTrailCommand(input))}
          onClose={(done) => {
            setOpen(undefined);
            if (done) navigate(to("cloudtrail", "trails"));
          }}
        >
          <bdi>{t("deleteTrailText", { name })}</bdi>
        </Confirm>
      ) : null}
    </Page>
  );
}

/** What an ARN names, as a link to its page. */
function Named({ arn, name, at }: { arn: string | undefined; name: (arn: string) => string | undefined; at: (arn: string, name: string) => string }) {
  if (!arn) return <>—</>;
  const short = name(arn) ?? arn;
  return (
    <Link to={at(arn, short)}>
      <Name>{short}</Name>
    </Link>
  );
}
