// The hosts of a scan, those with most failures first; of a check, the hosts that fail it.
import {
  type CisTargetResourceAggregation,
  Inspector2Client,
  ListCisScanResultsAggregatedByTargetResourceCommand,
  type ListCisScanResultsAggregatedByTargetResourceCommandInput,
} from "@aws-sdk/client-inspector2";
import { useText } from "@/i18n";
import { Name, ResourceTable } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { writtenTags } from "../hostTags";
import { scannedHostPage } from "./addresses";
import { countColumns } from "./counts";
import { cisStrings } from "./strings";
import { ScanStatus } from "./Words";

interface Properties {
  scan: string;
  status: string | undefined;
  /** Only hosts that fail this check. */
  check?: string;
}

export function ByHost({ scan, status, check }: Properties) {
  const t = useText(cisStrings);
  const inspector = useClient(Inspector2Client);
  const filterCriteria: ListCisScanResultsAggregatedByTargetResourceCommandInput["filterCriteria"] = check
    ? { checkIdFilters: [{ comparison: "EQUALS", value: check }], statusFilters: [{ comparison: "EQUALS", value: "FAILED" }] }
    : undefined;
  return (
    <ResourceTable<CisTargetResourceAggregation>
      name="inspector.cis.hosts"
      filterKey="hosts"
      title={check ? t("failedHosts", { check }) : t("byHost")}
      dependencies={[inspector, scan, status, check]}
      load={async ({ token, signal }) => {
        const input = { scanArn: scan, filterCriteria, sortBy: "FAILED_COUNTS", sortOrder: "DESC", maxResults: 100, nextToken: token } as const;
        const answer = await inspector.send(new ListCisScanResultsAggregatedByTargetResourceCommand(input), { abortSignal: signal });
        return { items: answer.targetResourceAggregations ?? [], next: answer.nextToken };
      }}
      id={(one) => one.targetResourceId ?? ""}
      columns={[
        {
          id: "host",
          header: t("host"),
          value: (one) => one.targetResourceId,
          cell: (one) => (
            <Link to={scannedHostPage(scan, one.targetResourceId ?? "")}>
              <Name>{one.targetResourceId}</Name>
            </Link>
          ),
          width: 200,
        },
        { id: "status", header: t("status"), value: (one) => one.targetStatus, cell: (one) => <ScanStatus>{one.targetStatus ?? "IN_PROGRESS"}</ScanStatus>, width: 140 },
        ...countColumns<CisTargetResourceAggregation>(t),
        { id: "platform", header: t("platform"), value: (one) => one.platform, width: 130 },
        { id: "tags", header: t("tags"), value: (one) => writtenTags(one.targetResourceTags), width: 200 },
      ]}
      empty={check ? { title: t("failedHostsNone"), text: t("failedHostsNoneText") } : { title: t("targetsEmpty"), text: t("targetsEmptyText") }}
    />
  );
}
