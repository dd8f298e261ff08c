// The findings that fit what the address asks for.
import { type Finding, Inspector2Client, ListFindingsCommand } from "@aws-sdk/client-inspector2";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { CreateFilter } from "./CreateFilter";
import { criteriaOf, useWanted } from "./criteria";
import { FindingFilters } from "./FindingFilters";
import { Scanning } from "./Scanning";
import { Severity } from "./Severity";
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
            minWidth: 220,
          },
          { id: "severity", header: t("severity"), value: (one) => one.severity, cell: (one) => <Severity>{one.severity}</Severity> },
          { id: "score", header: t("score"), value: (one) => one.inspectorScore },
          { id: "host", header: t("host"), value: (one) => one.resources?.[0]?.id },
          { id: "packages", header: t("package"), value: (one) => packagesOf(one) },
          { id: "fix", header: t("fixAvailable"), value: (one) => one.fixAvailable },
          { id: "status", header: t("status"), value: (one) => one.status },
          { id: "first", header: t("firstObserved"), value: (one) => one.firstObservedAt, hidden: true },
          { id: "last", header: t("lastObserved"), value: (one) => one.lastObservedAt },
          { id: "exploit", header: t("exploitAvailable"), value: (one) => one.exploitAvailable, hidden: true },
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
