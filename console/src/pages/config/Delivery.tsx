// Where configuration is delivered, and how the last deliveries went.
import {
  type ConfigExportDeliveryInfo,
  ConfigServiceClient,
  DeliverConfigSnapshotCommand,
  DescribeDeliveryChannelsCommand,
  DescribeDeliveryChannelStatusCommand,
} from "@aws-sdk/client-config-service";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { CliPanel, cli, ErrorAlert, flash, KeyValues, Name, Time, useAction, useCall } from "@/kit";
import { useClient } from "@/session";
import { State } from "./State";
import { strings } from "./strings";

export function Delivery() {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const channel = useCall(
    async (abortSignal) => ({ found: (await config.send(new DescribeDeliveryChannelsCommand({}), { abortSignal })).DeliveryChannels?.[0] }),
    [config],
  );
  const status = useCall(
    async (abortSignal) => (await config.send(new DescribeDeliveryChannelStatusCommand({}), { abortSignal })).DeliveryChannelsStatus?.[0],
    [config],
  );
  const found = channel.data?.found;
  const input = { deliveryChannelName: found?.name ?? "default" };
  const deliver = useAction(async () => {
    await config.send(new DeliverConfigSnapshotCommand(input));
    flash("success", t("snapshotAsked"));
    status.reload();
  });
  const button = (
    <Button disabled={!found} loading={deliver.busy} onClick={() => void deliver.run()}>
      {t("deliverSnapshot")}
    </Button>
  );
  const stream = status.data?.configStreamDeliveryInfo;
  return (
    <Container
      header={<Header actions={button}>{t("delivery")}</Header>}
      footer={found ? <CliPanel commands={[cli("configservice", "DeliverConfigSnapshot", input)]} /> : null}
    >
      <SpaceBetween size="m">
        <ErrorAlert error={channel.error} onRetry={channel.reload} />
        <ErrorAlert compact error={status.error} onRetry={status.reload} />
        <ErrorAlert error={deliver.error} />
        {channel.data && !found ? <Box>{t("noChannel")}</Box> : null}
        {found ? (
          <KeyValues
            columns={3}
            facts={[
              [t("bucket"), <Name key="bucket">{found.s3BucketName}</Name>],
              [t("prefix"), <Name key="prefix">{found.s3KeyPrefix}</Name>],
              [t("topic"), <Name key="topic">{found.snsTopicARN}</Name>],
              [t("snapshots"), <Delivered key="snapshot" info={status.data?.configSnapshotDeliveryInfo} />],
              [t("histories"), <Delivered key="history" info={status.data?.configHistoryDeliveryInfo} />],
              [t("notifications"), <Delivered key="stream" info={stream && { lastStatus: stream.lastStatus, lastErrorMessage: stream.lastErrorMessage, lastAttemptTime: stream.lastStatusChangeTime }} />],
            ]}
          />
        ) : null}
      </SpaceBetween>
    </Container>
  );
}

function Delivered({ info }: { info: ConfigExportDeliveryInfo | undefined }) {
  if (!info?.lastStatus || info.lastStatus === "Not_Applicable") return <>—</>;
  return (
    <>
      <State>{info.lastStatus}</State> <Time at={info.lastAttemptTime} />
      {info.lastErrorMessage ? (
        <div>
          <bdi>{info.lastErrorMessage}</bdi>
        </div>
      ) : null}
    </>
  );
}
