// The credential report: made when it is asked for, shown as a table.
import { GenerateCredentialReportCommand, GetCredentialReportCommand, IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { cli, CliPanel, type Column, download, ErrorAlert, formatTime, Name, Page, ResourceTable, Time, useAction, useCall } from "@/kit";
import { Link } from "@/router";
import { failureOf, useClient } from "@/session";
import { userPage } from "../names";
import { strings } from "../strings/account";
import { columns, NAMES, SHOWN } from "./columns";
import { readCsv } from "./csv";

type Row = Record<string, string>;

interface Report {
  made: Date | undefined;
  text: string;
  rows: Row[];
}

const POLL_MILLISECONDS = 500;

async function reportOf(iam: IAMClient, abortSignal: AbortSignal): Promise<Report | null> {
  try {
    const { Content, GeneratedTime } = await iam.send(new GetCredentialReportCommand({}), { abortSignal });
    const text = new TextDecoder().decode(Content);
    return { made: GeneratedTime, text, rows: readCsv(text) };
  } catch (error) {
    if (/ReportNotPresent|ReportExpired|ReportInProgress|ReportNotReady/.test(failureOf(error).code)) return null;
    throw error;
  }
}

/** The words of values that are no names, numbers or times. */
const WORDS: Record<string, "yes" | "no" | "root" | "notKnown" | "notSupported"> = {
  true: "yes",
  false: "no",
  "<root_account>": "root",
  no_information: "notKnown",
  not_supported: "notSupported",
};
/** A password without a second factor. */
function isAtRisk(column: string, row: Row): boolean {
  return column === "mfa_active" && (row["password_enabled"] === "true" || row["user"] === "<root_account>");
}

const WHEN = /^\d{4}-\d\d-\d\dT/;

export function ReportPage() {
  const t = useText(strings);
  const h = useText(columns);
  const iam = useClient(IAMClient);
  const report = useCall((signal) => reportOf(iam, signal), [iam]);
  const make = useAction(async () => {
    while ((await iam.send(new GenerateCredentialReportCommand({}))).State !== "COMPLETE") await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    report.reload();
  });
  const { made, rows = [], text = "" } = report.data ?? {};
  const wordOf = (value = "") => (value === "N/A" ? "" : WORDS[value] ? t(WORDS[value]) : value);
  const cellOf = (column: string, row: Row) => {
    const value = row[column] ?? "";
    if (value === "true") return <StatusIndicator>{wordOf(value)}</StatusIndicator>;
    if (value === "false") return <StatusIndicator type={isAtRisk(column, row) ? "warning" : "stopped"}>{wordOf(value)}</StatusIndicator>;
    if (WHEN.test(value)) return <Time ago at={value} />;
    const name = <Name>{wordOf(value)}</Name>;
    return column === "user" && !WORDS[value] ? <Link to={userPage(value)}>{name}</Link> : name;
  };
  const button = (
    <Button variant="primary" loading={make.busy} loadingText={t("makingReport")} onClick={() => void make.run()}>
      {t("makeReport")}
    </Button>
  );
  return (
    <Page title={t("report")} description={t("reportText")} help={t("reportHelp")}>
      <ErrorAlert error={make.error} />
      <ResourceTable<Row>
        name="iam.report"
        title={t("report")}
        description={made ? `${t("reportOf")}: ${formatTime(made)}` : undefined}
        items={rows}
        loading={report.loading}
        error={report.error}
        onReload={report.reload}
        id={(row) => row["user"] ?? ""}
        columns={NAMES.map((name): Column<Row> => ({
          id: name,
          header: h(name),
          value: (row) => (WHEN.test(row[name] ?? "") ? new Date(row[name] ?? "") : wordOf(row[name])),
          cell: (row) => cellOf(name, row),
          hidden: !SHOWN.has(name),
          width: name === "user" ? 200 : 150,
        }))}
        actions={() => (
          <>
            <Button
              disabled={text === ""}
              onClick={() => {
                download("credential-report.csv", new Blob([text], { type: "text/csv" }));
              }}
            >
              {t("download")}
            </Button>
            {button}
          </>
        )}
        empty={{ title: t("reportEmpty"), text: t("reportEmptyText"), action: button }}
      />
      <CliPanel commands={[cli("iam", "GenerateCredentialReport"), cli("iam", "GetCredentialReport")]} />
    </Page>
  );
}
