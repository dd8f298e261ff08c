// Which hosts are scanned, when they were last, and why the others are not.
import { type CoveredResource, Inspector2Client, ListCoverageCommand } from "@aws-sdk/client-inspector2";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { findingsPage } from "./criteria";
import { Scanning } from "./Scanning";
import { isReason, strings } from "./strings";

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
            minWidth: 180,
          },
          {
            id: "status",
            header: t("status"),
            value: (one) => one.scanStatus?.statusCode,
            cell: (one) => (
              <StatusIndicator type={one.scanStatus?.statusCode === "ACTIVE" ? "success" : "warning"}>
                {t(one.scanStatus?.statusCode === "ACTIVE" ? "scanned" : "notScanned")}
              </StatusIndicator>
            ),
          },
          { id: "reason", header: t("reason"), value: (one) => one.scanStatus?.reason, cell: (one) => <Reason>{one.scanStatus?.reason}</Reason>, minWidth: 220 },
          { id: "scan", header: t("scanType"), value: (one) => one.scanType },
          { id: "platform", header: t("platform"), value: (one) => one.resourceMetadata?.ec2?.platform },
          { id: "last", header: t("lastScanned"), value: (one) => one.lastScannedAt, minWidth: 200 },
        ]}
        empty={{ title: t("coverageEmpty"), text: t("coverageEmptyText") }}
      />
    </Page>
  );
}

function Reason({ children }: { children: string | undefined }) {
  const t = useText(strings);
  if (children && isReason(children)) return <>{t(children)}</>;
  return <Name>{children}</Name>;
}
