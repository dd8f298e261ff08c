// Which hosts are scanned, when they were last, and why the others are not.
import { type CoveredResource, Inspector2Client, ListCoverageCommand } from "@aws-sdk/client-inspector2";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { sayWord, useText } from "@/i18n";
import { Name, Page, ResourceTable, Time } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { findingsPage } from "./criteria";
import { Scanning } from "./Scanning";
import { strings } from "./strings";

export function CoveragePage() {
  const t = useText(strings);
  const inspector = useClient(Inspector2Client);
  return (
    <Page title={t("coverage")} description={t("coverageText")} help={t("help")}>
      <Scanning />
      <ResourceTable<CoveredResource>
        name="inspector.coverage"
        title={t("coverage")}
        dependencies={[inspector]}
        load={async ({ token, signal }) => {
          const answer = await inspector.send(new ListCoverageCommand({ maxResults: 100, nextToken: token }), { abortSignal: signal });
          return { items: answer.coveredResources ?? [], next: answer.nextToken };
        }}
        id={(one) => `${one.resourceId ?? ""} ${one.scanType ?? ""}`}
        label={(one) => one.resourceId ?? ""}
        columns={[
          {
            id: "host",
            header: t("host"),
            value: (one) => one.resourceId,
            cell: (one) => (
              <Link to={findingsPage({ host: one.resourceId ?? "" })}>
                <Name>{one.resourceId}</Name>
              </Link>
            ),
            width: 200,
          },
          {
            id: "status",
            header: t("status"),
            value: (one) => t(one.scanStatus?.statusCode === "ACTIVE" ? "scanned" : "notScanned"),
            cell: (one) => (
              <StatusIndicator type={one.scanStatus?.statusCode === "ACTIVE" ? "success" : "warning"}>
                {t(one.scanStatus?.statusCode === "ACTIVE" ? "scanned" : "notScanned")}
              </StatusIndicator>
            ),
            width: 140,
          },
          { id: "reason", header: t("reason"), value: reasonOf, width: 330 },
          { id: "scan", header: t("scanType"), value: (one) => sayWord(strings, one.scanType), width: 120 },
          { id: "platform", header: t("platform"), value: (one) => sayWord(strings, one.resourceMetadata?.ec2?.platform), width: 110 },
          { id: "last", header: t("lastScanned"), value: (one) => one.lastScannedAt, cell: (one) => <Time at={one.lastScannedAt} ago />, unfiltered: true },
        ]}
        empty={{ title: t("coverageEmpty"), text: t("coverageEmptyText") }}
      />
    </Page>
  );
}

/** Why a host is scanned, or is not. */
function reasonOf({ scanStatus, scanType }: CoveredResource): string | undefined {
  const isNetwork = scanType === "NETWORK" && scanStatus?.reason === "SUCCESSFUL";
  return sayWord(strings, isNetwork ? "networkLooked" : scanStatus?.reason);
}
