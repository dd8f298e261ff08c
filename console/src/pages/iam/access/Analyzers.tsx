// Access Analyzer: who from outside gets in.
import {
  AccessAnalyzerClient,
  CreateAnalyzerCommand,
  type FindingSummary,
  ListAnalyzersCommand,
  ListFindingsCommand,
  UpdateFindingsCommand,
} from "@aws-sdk/client-accessanalyzer";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, flash, FormDialog, Name, Page, ResourceTable, TextField, useAction, useCall } from "@/kit";
import { useQueryValue } from "@/router";
import { useClient } from "@/session";
import { common } from "../strings/common";
import { strings } from "../strings/account";

const STATES = ["ACTIVE", "ARCHIVED", "RESOLVED"] as const;

export function AnalyzersPage() {
  const t = useText(strings);
  const client = useClient(AccessAnalyzerClient);
  const [creating, setCreating] = useState(false);
  const analyzers = useCall(async (abortSignal) => (await client.send(new ListAnalyzersCommand({}), { abortSignal })).analyzers ?? [], [client]);
  const arn = analyzers.data?.[0]?.arn;
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createAnalyzer")}
    </Button>
  );
  return (
    <Page title={t("analyzers")} description={t("analyzersText")} help={t("analyzersHelp")}>
      <ErrorAlert error={analyzers.error} onRetry={analyzers.reload} />
      {analyzers.data?.length === 0 ? (
        <Container>
          <Box textAlign="center" padding="l">
            <SpaceBetween size="s">
              <b>{t("analyzersEmpty")}</b>
              <Box color="text-body-secondary">{t("analyzersEmptyText")}</Box>
              {create}
            </SpaceBetween>
          </Box>
        </Container>
      ) : null}
      {arn ? <Findings analyzer={arn} /> : null}
      {creating ? (
        <CreateAnalyzer
          onClose={(done) => {
            setCreating(false);
            if (done) analyzers.reload();
          }}
        />
      ) : null}
    </Page>
  );
}

function Findings({ analyzer }: { analyzer: string }) {
  const t = useText(strings);
  const client = useClient(AccessAnalyzerClient);
  const [state, setState] = useQueryValue("status", "ACTIVE");
  const [version, setVersion] = useState(0);
  const [chosen, setChosen] = useState<string[]>([]);
  const status = state === "ACTIVE" ? ("ARCHIVED" as const) : ("ACTIVE" as const);
  const input = { analyzerArn: analyzer, ids: chosen, status };
  const update = useAction(async () => {
    await client.send(new UpdateFindingsCommand(input));
    setVersion(version + 1);
  });
  return (
    <SpaceBetween size="s">
      <ErrorAlert error={update.error} />
      <ResourceTable<FindingSummary>
        name="iam.findings"
        title={t("findings")}
        dependencies={[client, analyzer, state, version]}
        load={async ({ token, signal }) => {
          const answer = await client.send(new ListFindingsCommand({ analyzerArn: analyzer, filter: { status: { eq: [state] } }, nextToken: token }), { abortSignal: signal });
          return { items: answer.findings ?? [], next: answer.nextToken };
        }}
        filters={
          <SegmentedControl
            label={t("findingStatus")}
            selectedId={state}
            options={STATES.map((id) => ({ id, text: t(id) }))}
            onChange={({ detail }) => {
              setState(detail.selectedId);
            }}
          />
        }
        id={(finding) => finding.id ?? ""}
        label={(finding) => finding.resource ?? ""}
        selection="multi"
        onSelect={(findings) => {
          setChosen(findings.map(({ id = "" }) => id));
        }}
        columns={[
          { id: "resource", header: t("resource"), value: (finding) => finding.resource, width: 420 },
          { id: "principal", header: t("principal"), value: (finding) => Object.values(finding.principal ?? {}).join(", "), width: 260 },
          {
            id: "public",
            header: t("public"),
            value: (finding) => finding.isPublic,
            cell: (finding) => (finding.isPublic ? <StatusIndicator type="error">{t("public")}</StatusIndicator> : t("no")),
          },
          { id: "actions", header: t("findingActions"), cell: (finding) => <Name>{finding.action?.join(", ")}</Name> },
          { id: "condition", header: t("context"), cell: (finding) => <Name>{JSON.stringify(finding.condition ?? {})}</Name>, hidden: true },
          { id: "found", header: t("found"), value: (finding) => finding.createdAt },
        ]}
        actions={() => (
          <Button disabled={chosen.length === 0 || state === "RESOLVED"} loading={update.busy} onClick={() => void update.run()}>
            {t(status === "ARCHIVED" ? "archive" : "unarchive")}
          </Button>
        )}
        empty={{ title: t("findingsEmpty"), text: t("findingsEmptyText") }}
      />
      {chosen.length > 0 ? <CliPanel commands={[cli("accessanalyzer", "UpdateFindings", input)]} /> : null}
    </SpaceBetween>
  );
}

function CreateAnalyzer({ onClose }: { onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const c = useText(common);
  const client = useClient(AccessAnalyzerClient);
  const [analyzerName, setName] = useState("outside");
  const input = { analyzerName, type: "ACCOUNT" as const };
  return (
    <FormDialog
      title={t("createAnalyzer")}
      action={t("createAnalyzer")}
      ready={analyzerName !== ""}
      commands={[cli("accessanalyzer", "CreateAnalyzer", input)]}
      onSubmit={async () => {
        await client.send(new CreateAnalyzerCommand(input));
        flash("success", t("analyzerMade"));
      }}
      onClose={onClose}
    >
      <TextField label={c("name")} value={analyzerName} onChange={setName} />
    </FormDialog>
  );
}
