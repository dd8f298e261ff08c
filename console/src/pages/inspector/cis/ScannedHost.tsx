// What each check of a scan came to on one host: what was seen, and how to fix it.
import { type CisScanResultDetails, GetCisScanResultDetailsCommand, type GetCisScanResultDetailsCommandInput, Inspector2Client } from "@aws-sdk/client-inspector2";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useState } from "react";
import { useText } from "@/i18n";
import { ifKnown, KeyValues, Page, ResourceTable } from "@/kit";
import { Link, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { useSettings } from "@/settings";
import { findingsPage } from "../criteria";
import { cisPage, scanPage } from "./addresses";
import { cisStrings } from "./strings";
import { Result } from "./Words";

const ANY = "any";
const RESULTS = ["FAILED", "SKIPPED", "PASSED"] as const;

export function ScannedHostPage({ arn, host }: { arn: string; host: string }) {
  const t = useText(cisStrings);
  const inspector = useClient(Inspector2Client);
  const { account } = useSettings();
  const [result, setResult] = useQueryValue("result", "FAILED");
  const [chosen, setChosen] = useState<CisScanResultDetails>();
  const wanted = RESULTS.find((one) => one === result);
  const filterCriteria: GetCisScanResultDetailsCommandInput["filterCriteria"] = wanted ? { findingStatusFilters: [{ comparison: "EQUALS", value: wanted }] } : undefined;
  const crumbs = [
    { text: t("title"), to: cisPage() },
    { text: t("scan"), to: scanPage(arn) },
  ];
  return (
    <Page title={host} crumbs={crumbs} actions={<Link to={findingsPage({ host })}>{t("vulnerabilities")}</Link>} help={t("help")}>
      <ResourceTable<CisScanResultDetails>
        name="inspector.cis.results"
        title={t("results")}
        dependencies={[inspector, arn, host, result]}
        load={async ({ token, signal }) => {
          const input = { scanArn: arn, accountId: account, targetResourceId: host, filterCriteria, maxResults: 100, nextToken: token };
          const answer = await inspector.send(new GetCisScanResultDetailsCommand(input), { abortSignal: signal });
          return { items: answer.scanResultDetails ?? [], next: answer.nextToken };
        }}
        id={(one) => one.findingArn ?? one.checkId ?? ""}
        label={(one) => one.checkId ?? ""}
        columns={[
          { id: "check", header: t("check"), value: (one) => one.checkId, width: 110 },
          { id: "title", header: t("checkTitle"), value: (one) => one.title, cell: (one) => <bdi>{one.title}</bdi>, width: 290 },
          { id: "status", header: t("status"), value: (one) => one.status, cell: (one) => <Result>{one.status}</Result>, width: 110 },
          { id: "evidence", header: t("evidence"), value: (one) => one.statusReason, cell: (one) => <bdi>{one.statusReason ?? "—"}</bdi>, width: 400 },
          { id: "level", header: t("level"), value: (one) => one.level && t(one.level) },
        ]}
        selection="single"
        onSelect={([one]) => {
          setChosen(one);
        }}
        filters={
          <SegmentedControl
            label={t("status")}
            selectedId={result}
            options={[...RESULTS.map((id) => ({ id, text: t(id) })), { id: ANY, text: t("any") }]}
            onChange={({ detail }) => {
              setResult(detail.selectedId);
            }}
          />
        }
        empty={{ title: t("resultsEmpty"), text: t("resultsEmptyText") }}
      />
      {chosen ? <Details found={chosen} /> : <Box color="text-body-secondary">{t("chooseResult")}</Box>}
    </Page>
  );
}

function Details({ found }: { found: CisScanResultDetails }) {
  const t = useText(cisStrings);
  return (
    <Container
      header={
        <Header variant="h2" description={<bdi>{found.title}</bdi>}>
          <bdi>{found.checkId}</bdi>
        </Header>
      }
    >
      <KeyValues
        columns={1}
        facts={[
          ...ifKnown(t("description"), found.checkDescription === found.title ? undefined : found.checkDescription, (text) => <bdi>{text}</bdi>),
          [t("evidence"), <bdi key="evidence">{found.statusReason}</bdi>],
          [t("fix"), <bdi key="fix">{found.remediation}</bdi>],
        ]}
      />
    </Container>
  );
}
