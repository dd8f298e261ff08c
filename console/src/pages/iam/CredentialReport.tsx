// The credential report: made when it is asked for, shown as a table.
import { GenerateCredentialReportCommand, GetCredentialReportCommand, IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { cli, CliPanel, type Column, ErrorAlert, formatTime, Name, Page, ResourceTable, Time, useAction, useCall } from "@/kit";
import { Link } from "@/router";
import { failureOf, useClient } from "@/session";
import { readCsv } from "./csv";
import { userPage } from "./names";
import { strings } from "./strings/account";

type Row = Record<string, string>;

interface Report {
  made: Date | undefined;
  text: string;
  columns: string[];
  rows: Row[];
}

const SHOWN = new Set(["user", "password_enabled", "password_last_used", "mfa_active", "access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date"]);
const POLL_MILLISECONDS = 500;

async function reportOf(iam: IAMClient, abortSignal: AbortSignal): Promise<Report | null> {
  try {
    const { Content, GeneratedTime } = await iam.send(new GetCredentialReportCommand({}), { abortSignal });
    const text = new TextDecoder().decode(Content);
    return { made: GeneratedTime, text, ...readCsv(text) };
  } catch (error) {
    if (/ReportNotPresent|ReportExpired|ReportInProgress|ReportNotReady/.test(failureOf(error).code)) return null;
    throw error;
  }
}

function cellOf(column: string, row: Row) {
  const value = row[column] ?? "";
  if (column === "user") return value.startsWith("<") ? <Name>{value}</Name> : <Link to={userPage(value)}><Name>{value}</Name></Link>;
  if (value === "true" || value === "false") return <StatusIndicator type={value === "true" ? "success" : "stopped"}>{value}</StatusIndicator>;
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return <Time at={value} />;
  return <Name>{value === "N/A" ? undefined : value}</Name>;
}

export function ReportPage() {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const report = useCall((signal) => reportOf(iam, signal), [iam]);
  const make = useAction(async () => {
    while ((await iam.send(new GenerateCredentialReportCommand({}))).State !== "COMPLETE") await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    report.reload();
  });
  const { columns = ["user"], made, rows = [], text = "" } = report.data ?? {};
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
        columns={columns.map((column): Column<Row> => ({
          id: column,
          header: column,
          value: (row) => row[column],
          cell: (row) => cellOf(column, row),
          hidden: !SHOWN.has(column),
        }))}
        actions={() => (
          <>
            <Button
              disabled={text === ""}
              onClick={() => {
                download(text);
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

function download(text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "credential-report.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}
