// The report of a scan as a file. The server makes it, and gives a link that is good for an hour.
import { type CisReportFormat, GetCisScanReportCommand, Inspector2Client } from "@aws-sdk/client-inspector2";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useText } from "@/i18n";
import { download, flash, useAction } from "@/kit";
import { failureOf, useClient } from "@/session";
import { cisStrings } from "./strings";

const FORMATS = ["PDF", "CSV"] as const satisfies CisReportFormat[];

export function Report({ scan, name, disabled }: { scan: string; name: string; disabled: boolean }) {
  const t = useText(cisStrings);
  const inspector = useClient(Inspector2Client);
  const fetchReport = useAction(async (reportFormat: CisReportFormat) => {
    try {
      const { url } = await inspector.send(new GetCisScanReportCommand({ scanArn: scan, reportFormat }));
      const answer = url ? await fetch(url) : undefined;
      if (!answer?.ok) throw new Error(t("reportFailed"));
      download(`${name}.${reportFormat.toLowerCase()}`, await answer.blob());
    } catch (error) {
      flash("error", failureOf(error).message);
    }
  });
  return (
    <ButtonDropdown
      loading={fetchReport.busy}
      disabled={disabled}
      items={FORMATS.map((id) => ({ id, text: id }))}
      onItemClick={({ detail }) => void fetchReport.run(detail.id as CisReportFormat)}
    >
      {t("report")}
    </ButtonDropdown>
  );
}
