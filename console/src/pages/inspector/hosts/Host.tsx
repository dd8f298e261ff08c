// One host: how it stands, and its last report in short.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, KeyValues, Name, Page, PlainTable, Time, useCall } from "@/kit";
import { Link, to } from "@/router";
import { garrisonCall, useRegion } from "@/session";
import { findingsPage } from "../criteria";
import { moment } from "../moments";
import type { DescribedHost } from "./api";
import { HostStatus } from "./HostStatus";
import { RevokeHost } from "./RevokeHost";
import { ScanHosts } from "./ScanHosts";
import { hostStrings } from "./strings";

export function HostPage({ name }: { name: string }) {
  const t = useText(hostStrings);
  const region = useRegion();
  const [open, setOpen] = useState<"scan" | "revoke">();
  const described = useCall(async (signal) => garrisonCall<DescribedHost>("DescribeHost", { Host: name }, signal), [region, name]);
  const { Host: host, Summary: summary } = described.data ?? {};
  const close = () => {
    setOpen(undefined);
    described.reload();
  };
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        disabled={!host || host.Status === "SCANNED" || host.Status === "REVOKED"}
        onClick={() => {
          setOpen("revoke");
        }}
      >
        {t("revoke")}
      </Button>
      <Button
        variant="primary"
        disabled={host?.Status !== "ENROLLED"}
        onClick={() => {
          setOpen("scan");
        }}
      >
        {t("scanNow")}
      </Button>
    </SpaceBetween>
  );
  return (
    <Page title={name} crumbs={[{ text: t("hosts"), to: to("inspector", "hosts") }]} actions={actions} help={t("help")}>
      <ErrorAlert error={described.error} onRetry={described.reload} />
      <Container header={<Header>{t("host")}</Header>}>
        <KeyValues
          columns={4}
          facts={[
            [t("status"), <HostStatus key="status">{host?.Status}</HostStatus>],
            [
              t("instance"),
              host?.HostId ? (
                <Link key="id" to={findingsPage({ host: host.HostId })}>
                  <Name>{host.HostId}</Name>
                </Link>
              ) : undefined,
            ],
            [t("arn"), <Name key="arn">{host?.Arn}</Name>],
            [t("role"), <Name key="role">{host?.RoleArn}</Name>],
            [t("invited"), <Time key="invited" at={moment(host?.InvitedAt)} />],
            [t("enrolled"), <Time key="enrolled" at={moment(host?.EnrolledAt)} />],
            [t("certificate"), <Time key="expires" at={moment(host?.CertificateExpiresAt)} />],
            [t("tags"), <Name key="tags">{host?.Tags?.map(({ Key, Value }) => `${Key}=${Value}`).join(", ")}</Name>],
          ]}
        />
      </Container>
      <Container header={<Header description={t("reportText")}>{t("lastReport")}</Header>}>
        <KeyValues
          columns={4}
          facts={[
            [t("received"), <Time key="received" at={moment(host?.LastReport?.ReceivedAt)} />],
            [t("reporter"), <Name key="reporter">{host?.LastReport?.Reporter}</Name>],
            [t("hostName"), <Name key="name">{summary?.HostName}</Name>],
            [t("platform"), <Name key="platform">{summary?.Platform}</Name>],
            [t("kernel"), <Name key="kernel">{summary?.Kernel}</Name>],
            [t("packages"), summary?.Packages],
            [t("listeners"), summary?.Listeners],
            [t("checks"), <Name key="checks">{Object.entries(summary?.Checks ?? {}).map(([verdict, count]) => `${verdict} ${String(count)}`).join(", ")}</Name>],
          ]}
        />
      </Container>
      {summary?.Unread?.length ? (
        <PlainTable
          title={t("unread")}
          description={t("unreadText", { count: summary.UnreadCount ?? 0 })}
          items={summary.Unread}
          id={(one) => one.Path}
          columns={[
            { id: "path", header: t("path"), cell: (one) => <Name>{one.Path}</Name> },
            { id: "reason", header: t("reason"), cell: (one) => <Name>{one.Reason}</Name> },
          ]}
          empty={{ title: "", text: "" }}
        />
      ) : null}
      {open === "scan" ? <ScanHosts hosts={[name]} onClose={close} /> : null}
      {open === "revoke" ? <RevokeHost host={name} onClose={close} /> : null}
    </Page>
  );
}
