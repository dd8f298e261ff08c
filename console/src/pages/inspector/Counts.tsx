// Where active findings are: counted by host, by package, by vulnerability.
import { type AggregationRequest, type AggregationResponse, type AggregationType, Inspector2Client, ListFindingAggregationsCommand } from "@aws-sdk/client-inspector2";
import Tabs from "@cloudscape-design/components/tabs";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable } from "@/kit";
import { Link, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { findingsPage, type Wanted } from "./criteria";
import { strings } from "./strings";

const ORDER = { sortBy: "CRITICAL", sortOrder: "DESC" } as const;

interface Kind {
  id: "host" | "package" | "cve";
  type: AggregationType;
  request: AggregationRequest;
  name: (one: AggregationResponse) => string;
  wanted: (name: string) => Partial<Wanted>;
}

const KINDS: Kind[] = [
  {
    id: "host",
    type: "AWS_EC2_INSTANCE",
    request: { ec2InstanceAggregation: ORDER },
    name: (one) => one.ec2InstanceAggregation?.instanceId ?? "",
    wanted: (host) => ({ host }),
  },
  {
    id: "package",
    type: "PACKAGE",
    request: { packageAggregation: ORDER },
    name: (one) => one.packageAggregation?.packageName ?? "",
    wanted: (name) => ({ package: name }),
  },
  {
    id: "cve",
    type: "TITLE",
    request: { titleAggregation: { ...ORDER, findingType: "PACKAGE_VULNERABILITY" } },
    name: (one) => one.titleAggregation?.vulnerabilityId ?? one.titleAggregation?.title ?? "",
    wanted: (cve) => ({ cve }),
  },
];

function countsOf(one: AggregationResponse) {
  return (one.ec2InstanceAggregation ?? one.packageAggregation ?? one.titleAggregation)?.severityCounts;
}

export function CountsPage() {
  const t = useText(strings);
  const [by, setBy] = useQueryValue("by", "host");
  return (
    <Page title={t("counts")} description={t("countsText")} help={t("help")}>
      <Tabs
        ariaLabel={t("counts")}
        activeTabId={by}
        onChange={({ detail }) => {
          setBy(detail.activeTabId);
        }}
        tabs={KINDS.map((kind) => ({ id: kind.id, label: t(`by_${kind.id}`), content: <Counted key={kind.id} kind={kind} /> }))}
      />
    </Page>
  );
}

function Counted({ kind }: { kind: Kind }) {
  const t = useText(strings);
  const inspector = useClient(Inspector2Client);
  return (
    <ResourceTable<AggregationResponse>
      name={`inspector.counts.${kind.id}`}
      title={t(`by_${kind.id}`)}
      dependencies={[inspector]}
      load={async ({ token, signal }) => {
        const answer = await inspector.send(
          new ListFindingAggregationsCommand({ aggregationType: kind.type, aggregationRequest: kind.request, maxResults: 100, nextToken: token }),
          { abortSignal: signal },
        );
        return { items: answer.responses ?? [], next: answer.nextToken };
      }}
      id={(one) => JSON.stringify(one)}
      label={kind.name}
      columns={[
        {
          id: "name",
          header: t(`of_${kind.id}`),
          value: kind.name,
          cell: (one) => (
            <Link to={findingsPage(kind.wanted(kind.name(one)))}>
              <Name>{kind.name(one)}</Name>
            </Link>
          ),
          width: 400,
        },
        { id: "critical", header: t("CRITICAL"), value: (one) => countsOf(one)?.critical ?? 0, width: 130 },
        { id: "high", header: t("HIGH"), value: (one) => countsOf(one)?.high ?? 0, width: 130 },
        { id: "medium", header: t("MEDIUM"), value: (one) => countsOf(one)?.medium ?? 0, width: 130 },
        { id: "all", header: t("all"), value: (one) => countsOf(one)?.all ?? 0, width: 130 },
      ]}
      empty={{ title: t("findingsEmpty"), text: t("findingsEmptyText") }}
    />
  );
}
