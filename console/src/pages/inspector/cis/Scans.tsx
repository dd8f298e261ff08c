// The scans that were made, the newest first.
import { type CisScan, Inspector2Client, ListCisScansCommand } from "@aws-sdk/client-inspector2";
import Button from "@cloudscape-design/components/button";
import { useText } from "@/i18n";
import { Name, ResourceTable } from "@/kit";
import { Link, navigate } from "@/router";
import { useClient } from "@/session";
import { writtenTags } from "../hostTags";
import { cisPage, scanPage } from "./addresses";
import { cisStrings } from "./strings";
import { ScanStatus } from "./Words";

export function Scans() {
  const t = useText(cisStrings);
  const inspector = useClient(Inspector2Client);
  return (
    <ResourceTable<CisScan>
      name="inspector.cis.scans"
      title={t("scans")}
      dependencies={[inspector]}
      load={async ({ token, signal }) => {
        const answer = await inspector.send(new ListCisScansCommand({ maxResults: 100, nextToken: token }), { abortSignal: signal });
        return { items: answer.scans ?? [], next: answer.nextToken };
      }}
      id={(scan) => scan.scanArn ?? ""}
      label={(scan) => scan.scanName ?? ""}
      columns={[
        {
          id: "name",
          header: t("name"),
          value: (scan) => scan.scanName,
          cell: (scan) => (
            <Link to={scanPage(scan.scanArn ?? "")}>
              <Name>{scan.scanName}</Name>
            </Link>
          ),
          width: 230,
        },
        { id: "status", header: t("status"), value: (scan) => scan.status && t(scan.status === "FAILED" ? "FAILED_SCAN" : scan.status), cell: (scan) => <ScanStatus>{scan.status}</ScanStatus>, width: 150 },
        { id: "date", header: t("date"), value: (scan) => scan.scanDate, width: 200 },
        {
          id: "failed",
          header: t("failedOf"),
          value: (scan) => scan.failedChecks,
          cell: (scan) => t("checksOf", { failed: scan.failedChecks ?? 0, total: scan.totalChecks ?? 0 }),
          width: 160,
        },
        { id: "level", header: t("level"), value: (scan) => scan.securityLevel && t(scan.securityLevel), width: 100 },
        { id: "tags", header: t("hosts"), value: (scan) => writtenTags(scan.targets?.targetResourceTags) },
      ]}
      empty={{
        title: t("scansEmpty"),
        text: t("scansEmptyText"),
        action: (
          <Button
            onClick={() => {
              navigate(cisPage({ tab: "configurations" }));
            }}
          >
            {t("configurations")}
          </Button>
        ),
      }}
    />
  );
}
