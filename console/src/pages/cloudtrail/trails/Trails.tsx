// The trails: where events are kept for longer, and whether they still arrive there.
import { CloudTrailClient, DescribeTrailsCommand, GetTrailStatusCommand, type GetTrailStatusCommandOutput, type Trail } from "@aws-sdk/client-cloudtrail";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable, Time, useCall } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { strings } from "../strings";
import { CreateTrail } from "./CreateTrail";

export interface Known {
  trail: Trail;
  /** Missing where the person may not ask for it. */
  status: GetTrailStatusCommandOutput | undefined;
}

export function trailPage(arn: string): string {
  return to("cloudtrail", "trails", arn);
}

export function TrailsPage() {
  const t = useText(strings);
  const client = useClient(CloudTrailClient);
  const [creating, setCreating] = useState(false);
  const trails = useCall(
    async (abortSignal): Promise<Known[]> => {
      const { trailList = [] } = await client.send(new DescribeTrailsCommand({}), { abortSignal });
      const status = (one: Trail) => client.send(new GetTrailStatusCommand({ Name: one.TrailARN }), { abortSignal }).catch(() => undefined);
      return Promise.all(trailList.map(async (trail) => ({ trail, status: await status(trail) })));
    },
    [client],
  );
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createTrail")}
    </Button>
  );
  return (
    <Page title={t("trails")} description={t("trailsText")} help={t("trailsHelp")}>
      <ResourceTable<Known>
        name="cloudtrail.trails"
        title={t("trails")}
        items={trails.data ?? []}
        loading={trails.loading}
        error={trails.error}
        onReload={trails.reload}
        id={({ trail }) => trail.TrailARN ?? ""}
        label={({ trail }) => trail.Name ?? ""}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: ({ trail }) => trail.Name,
            cell: ({ trail }) => (
              <Link to={trailPage(trail.TrailARN ?? "")}>
                <Name>{trail.Name}</Name>
              </Link>
            ),
            width: 240,
          },
          { id: "logging", header: t("logging"), value: ({ status }) => status?.IsLogging, cell: ({ status }) => <Logging status={status} />, width: 150 },
          {
            id: "integrity",
            header: t("integrity"),
            value: ({ trail }) => trail.LogFileValidationEnabled,
            cell: ({ trail, status }) => <Digests isOn={trail.LogFileValidationEnabled ?? false} status={status} />,
            width: 190,
          },
          { id: "delivered", header: t("delivered"), value: ({ status }) => status?.LatestDeliveryTime, cell: ({ status }) => <Time at={status?.LatestDeliveryTime} ago />, unfiltered: true, width: 160 },
          { id: "bucket", header: t("bucket"), value: ({ trail }) => trail.S3BucketName, cell: ({ trail }) => <Name>{trail.S3BucketName}</Name>, width: 260 },
          { id: "region", header: t("homeRegion"), value: ({ trail }) => trail.HomeRegion, minWidth: 140 },
        ]}
        actions={() => create}
        empty={{ title: t("trailsEmpty"), text: t("trailsEmptyText"), action: create }}
      />
      {creating ? (
        <CreateTrail
          onClose={(arn) => {
            setCreating(false);
            if (arn) navigate(trailPage(arn));
          }}
        />
      ) : null}
    </Page>
  );
}

export function Logging({ status }: { status: GetTrailStatusCommandOutput | undefined }) {
  const t = useText(strings);
  if (!status) return <StatusIndicator type="info">{t("unknown")}</StatusIndicator>;
  if (!status.IsLogging) return <StatusIndicator type="stopped">{t("notLogging")}</StatusIndicator>;
  if (status.LatestDeliveryError) return <StatusIndicator type="error">{status.LatestDeliveryError}</StatusIndicator>;
  return <StatusIndicator type="success">{t("isLogging")}</StatusIndicator>;
}

export function Digests({ isOn, status }: { isOn: boolean; status: GetTrailStatusCommandOutput | undefined }) {
  const t = useText(strings);
  if (!isOn) return <StatusIndicator type="warning">{t("notValidated")}</StatusIndicator>;
  if (status?.LatestDigestDeliveryError) return <StatusIndicator type="error">{status.LatestDigestDeliveryError}</StatusIndicator>;
  return <StatusIndicator type="success">{t("validated")}</StatusIndicator>;
}
