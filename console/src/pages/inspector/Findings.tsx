// The findings that fit what the address asks for.
import { type Finding, Inspector2Client, ListFindingsCommand } from "@aws-sdk/client-inspector2";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { sayWord, useText } from "@/i18n";
import { Name, Page, ResourceTable, Time } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { CreateFilter } from "./CreateFilter";
import { criteriaOf, useWanted } from "./criteria";
import { FindingFilters } from "./FindingFilters";
import { Scanning } from "./Scanning";
import { rank, Severity } from "./Severity";
import { strings } from "./strings";

const PAGE = 100;

export function FindingsPage() {
  const t = useText(strings);
  const inspector = useClient(Inspector2Client);
  const wanted = useWanted();
  const asked = JSON.stringify(wanted);
  const [suppressing, setSuppressing] = useState(false);
  return (
    <Page title={t("findings")} description={t("findingsText")} help={t("help")}>
      <Scanning />
      <ResourceTable<Finding>
        name="inspector.findings"
        title={t("findings")}
        dependencies={[inspector, asked]}
        load={async ({ token, signal }) => {
          const answer = await inspector.send(
            new ListFindingsCommand({
              maxResults: PAGE,
              nextToken: token,
              filterCriteria: criteriaOf(wanted),
              sortCriteria: { field: "INSPECTOR_SCORE", sortOrder: "DESC" },
            }),
            { abortSignal: signal },
          );
          return { items: answer.findings ?? [], next: answer.nextToken };
        }}
        id={(one) => one.findingArn ?? ""}
        label={(one) => one.title ?? ""}
        columns={[
          {
            id: "title",
            header: t("title"),
            value: (one) => one.title,
            cell: (one) => (
              <Link to={to("inspector", "findings", one.findingArn ?? "")}>
                <Name>{one.title}</Name>
              </Link>
            ),
            width: 215,
          },
          {
            id: "severity",
            header: t("severity"),
            value: (one) => sayWord(strings, one.severity),
            order: (one) => rank(one.severity),
            cell: (one) => <Severity>{one.severity}</Severity>,
            width: 120,
          },
          { id: "score", header: t("score"), value: (one) => one.inspectorScore, width: 95 },
          { id: "host", header: t("host"), value: (one) => one.resources?.[0]?.id, width: 195 },
          { id: "packages", header: t("package"), value: (one) => packagesOf(one), width: 115 },
          { id: "fix", header: t("fixed"), value: (one) => sayWord(strings, one.fixAvailable), width: 80 },
          { id: "status", header: t("status"), value: (one) => sayWord(strings, one.status), width: 105 },
          { id: "first", header: t("firstObserved"), value: (one) => one.firstObservedAt, hidden: true },
          { id: "last", header: t("lastSeen"), value: (one) => one.lastObservedAt, cell: (one) => <Time at={one.lastObservedAt} ago />, unfiltered: true },
          { id: "exploit", header: t("exploitAvailable"), value: (one) => sayWord(strings, one.exploitAvailable), hidden: true },
        ]}
        actions={() => (
          <Button
            onClick={() => {
              setSuppressing(true);
            }}
          >
            {t("suppressThese")}
          </Button>
        )}
        filters={<FindingFilters key={asked} wanted={wanted} />}
        empty={{
          title: t("findingsEmpty"),
          text: t("findingsEmptyText"),
          action: (
            <Button
              onClick={() => {
                navigate(to("inspector", "agents"));
              }}
            >
              {t("installAgents")}
            </Button>
          ),
        }}
      />
      {suppressing ? (
        <CreateFilter
          wanted={wanted}
          onClose={(done) => {
            setSuppressing(false);
            if (done) navigate(to("inspector", "filters"));
          }}
        />
      ) : null}
    </Page>
  );
}

function packagesOf(one: Finding): string {
  return [...new Set(one.packageVulnerabilityDetails?.vulnerablePackages?.map(({ name }) => name))].join(", ");
}
