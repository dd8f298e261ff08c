// One scan: how it stands, its report, and what it came to by check and by host.
import { type CisScan, Inspector2Client, ListCisScansCommand } from "@aws-sdk/client-inspector2";
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, KeyValues, Name, Page, Time, useCall } from "@/kit";
import { useQueryValue } from "@/router";
import { useClient } from "@/session";
import { writtenTags } from "../hostTags";
import { cisPage } from "./addresses";
import { ByCheck } from "./ByCheck";
import { ByHost } from "./ByHost";
import { Report } from "./Report";
import { cisStrings } from "./strings";
import { ScanStatus } from "./Words";

const LOOK_AGAIN_MILLISECONDS = 3000;

export function ScanPage({ arn }: { arn: string }) {
  const t = useText(cisStrings);
  const inspector = useClient(Inspector2Client);
  const [tab, setTab] = useQueryValue("by", "check");
  const [moving, setMoving] = useState(false);
  const called = useCall(
    async (abortSignal) => {
      const filterCriteria = { scanArnFilters: [{ comparison: "EQUALS" as const, value: arn }] };
      const { scans } = await inspector.send(new ListCisScansCommand({ filterCriteria }), { abortSignal });
      setMoving(scans?.[0]?.status === "IN_PROGRESS");
      return scans?.[0] ?? null;
    },
    [inspector, arn],
    moving ? { every: LOOK_AGAIN_MILLISECONDS } : {},
  );
  const scan = called.data ?? undefined;
  return (
    <Page
      title={scan?.scanName ?? t("scan")}
      crumbs={[{ text: t("title"), to: cisPage() }]}
      actions={<Report scan={arn} name={scan?.scanName ?? ""} disabled={scan?.status !== "COMPLETED"} />}
      help={t("help")}
    >
      <ErrorAlert error={called.error} onRetry={called.reload} />
      {called.data === null ? <Alert type="info">{t("scanGone")}</Alert> : null}
      {moving ? <Alert type="info">{t("inProgressText")}</Alert> : null}
      {scan ? (
        <Container>
          <Facts scan={scan} />
        </Container>
      ) : null}
      <Tabs
        ariaLabel={t("results")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          { id: "check", label: t("byCheck"), content: <ByCheck scan={arn} status={scan?.status} /> },
          { id: "host", label: t("byHost"), content: <ByHost scan={arn} status={scan?.status} /> },
        ]}
      />
    </Page>
  );
}

function Facts({ scan }: { scan: CisScan }) {
  const t = useText(cisStrings);
  return (
    <KeyValues
      columns={4}
      facts={[
        [t("status"), <ScanStatus key="status">{scan.status}</ScanStatus>],
        [t("failedOf"), t("checksOf", { failed: scan.failedChecks ?? 0, total: scan.totalChecks ?? 0 })],
        [t("date"), <Time key="date" at={scan.scanDate} />],
        [t("level"), scan.securityLevel && t(scan.securityLevel)],
        [t("hosts"), <Name key="tags">{writtenTags(scan.targets?.targetResourceTags)}</Name>],
        [t("arn"), <Name key="arn">{scan.scanArn}</Name>],
      ]}
    />
  );
}
