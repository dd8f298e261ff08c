// What a scan came to by check, those that most hosts fail first; and the hosts that fail the chosen one.
import { type CisCheckAggregation, Inspector2Client, ListCisScanResultsAggregatedByChecksCommand } from "@aws-sdk/client-inspector2";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { ResourceTable } from "@/kit";
import { useQueryValue } from "@/router";
import { useClient } from "@/session";
import { ByHost } from "./ByHost";
import { countColumns } from "./counts";
import { cisStrings } from "./strings";

export function ByCheck({ scan, status }: { scan: string; status: string | undefined }) {
  const t = useText(cisStrings);
  const inspector = useClient(Inspector2Client);
  const [check, setCheck] = useQueryValue("check");
  return (
    <SpaceBetween size="l">
      <ResourceTable<CisCheckAggregation>
        name="inspector.cis.checks"
        title={t("byCheck")}
        dependencies={[inspector, scan, status]}
        load={async ({ token, signal }) => {
          const input = { scanArn: scan, sortBy: "FAILED_COUNTS", sortOrder: "DESC", maxResults: 100, nextToken: token } as const;
          const answer = await inspector.send(new ListCisScanResultsAggregatedByChecksCommand(input), { abortSignal: signal });
          return { items: answer.checkAggregations ?? [], next: answer.nextToken };
        }}
        id={(one) => `${one.checkId ?? ""} ${one.platform ?? ""}`}
        label={(one) => one.checkId ?? ""}
        columns={[
          { id: "check", header: t("check"), value: (one) => one.checkId, width: 110 },
          { id: "title", header: t("checkTitle"), value: (one) => one.title, cell: (one) => <bdi>{one.title}</bdi>, width: 300 },
          ...countColumns<CisCheckAggregation>(t),
          { id: "level", header: t("level"), value: (one) => one.level && t(one.level), width: 100 },
          { id: "platform", header: t("platform"), value: (one) => one.platform },
        ]}
        selection="single"
        onSelect={([one]) => {
          setCheck(one?.checkId ?? "");
        }}
        empty={{ title: t("checksEmpty"), text: t("checksEmptyText") }}
      />
      {check ? <ByHost scan={scan} status={status} check={check} /> : null}
    </SpaceBetween>
  );
}
