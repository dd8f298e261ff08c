// Open findings, day by day.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useText } from "@/i18n";
import { type Called, ErrorAlert, Sparkline } from "@/kit";
import { DAYS, type Findings } from "./findings";
import { strings } from "./strings";

export function Trend({ findings }: { findings: Called<Findings> }) {
  const t = useText(strings);
  const { data } = findings;
  const days = data && data.count > 0 ? data.days : [];
  const text = data && !data.isWhole ? `${t("trendText")} ${t("trendMost", { count: data.count })}` : t("trendText");
  return (
    <Container header={<Header description={text}>{t("trend", { days: DAYS })}</Header>}>
      <ErrorAlert compact error={findings.error} onRetry={findings.reload} />
      {data && days.length > 0 ? (
        <Sparkline
          ariaLabel={t("trend", { days: DAYS })}
          times={days.map(({ at }) => at)}
          layers={[
            { title: t("critical"), values: days.map(({ grave }) => grave) },
            { title: t("others"), values: days.map(({ others }) => others) },
          ]}
        />
      ) : null}
      {data && days.length === 0 ? <Box color="text-body-secondary">{t("noFindings")}</Box> : null}
    </Container>
  );
}
