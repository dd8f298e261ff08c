// One host: how it stands, and its last report in short.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { formatNumber, sayWord, useText } from "@/i18n";
import { ErrorAlert, ifKnown, KeyValues, Name, Page, PlainTable, Time, useCall } from "@/kit";
import { Link, to } from "@/router";
import { garrisonCall, useRegion } from "@/session";
import { findingsPage } from "../criteria";
import { moment } from "../moments";
import type { DescribedHost, Host, HostSummary } from "./api";
import { HostStatus } from "./HostStatus";
import { HostTags } from "./HostTags";
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
      {host ? <Facts host={host} /> : null}
      {host?.LastReport ? <LastReport report={host.LastReport} summary={summary} /> : null}
      {host && host.Status !== "SCANNED" ? <HostTags host={host} loading={described.loading} onReload={described.reload} /> : null}
      {open === "scan" ? <ScanHosts hosts={[name]} onClose={close} /> : null}
      {open === "revoke" ? <RevokeHost host={name} onClose={close} /> : null}
    </Page>
  );
}

function Facts({ host }: { host: Host }) {
  const t = useText(hostStrings);
  const time = (seconds: number) => <Time at={moment(seconds)} />;
  return (
    <Container header={<Header>{t("host")}</Header>}>
      <KeyValues
        columns={4}
        facts={[
          [t("status"), <HostStatus key="status">{host.Status}</HostStatus>],
          ...ifKnown(t("instance"), host.HostId, (id) => (
            <Link to={findingsPage({ host: id })}>
              <Name>{id}</Name>
            </Link>
          )),
          [t("arn"), <Name key="arn">{host.Arn}</Name>],
          ...ifKnown(t("role"), host.RoleArn, (role) => <Name>{role}</Name>),
          ...ifKnown(t("invited"), host.InvitedAt, time),
          ...ifKnown(t("enrolled"), host.EnrolledAt, time),
          ...ifKnown(t("certificate"), host.CertificateExpiresAt, time),
        ]}
      />
    </Container>
  );
}

function LastReport({ report, summary }: { report: NonNullable<Host["LastReport"]>; summary: HostSummary | undefined }) {
  const t = useText(hostStrings);
  return (
    <>
      <Container header={<Header description={t("reportText")}>{t("lastReport")}</Header>}>
        <KeyValues
          columns={4}
          facts={[
            [t("received"), <Time key="received" at={moment(report.ReceivedAt)} />],
            [t("reporter"), <Name key="reporter">{report.Reporter}</Name>],
            [t("hostName"), <Name key="name">{summary?.HostName}</Name>],
            [t("platform"), <bdi key="platform">{summary?.Platform ?? "—"}</bdi>],
            ...ifKnown(t("kernel"), summary?.Kernel, (kernel) => <Name>{kernel}</Name>),
            [t("packages"), summary?.Packages],
            [t("listeners"), summary?.Listeners],
            [t("checks"), Object.entries(summary?.Checks ?? {}).map(([verdict, count]) => <div key={verdict}>{`${sayWord(hostStrings, verdict) ?? verdict}: ${formatNumber(count)}`}</div>)],
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
    </>
  );
}
