// The categories at a glance: how many checks of each ask for action; the sums that advice would save and has saved.
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { Link, to, withQuery } from "@/router";
import { type Advice, CATEGORIES, type Category, type Standing } from "./advice";
import { formatDollars } from "./money";
import { strings } from "./strings";
import "./advice.css";

export function Savings({ advice }: { advice: Advice }) {
  const t = useText(strings);
  return (
    <Container>
      <ColumnLayout columns={2} variant="text-grid">
        <div>
          <Box variant="awsui-key-label">{t("wouldSave")}</Box>
          <Box variant="awsui-value-large">{formatDollars(advice.MonthlySavings ?? 0)}</Box>
          <Box color="text-body-secondary">{advice.PricesAt ? t("pricesOf", { date: advice.PricesAt }) : t("noPrices")}</Box>
        </div>
        <div>
          <Box variant="awsui-key-label">{t("hasSaved")}</Box>
          <Box variant="awsui-value-large">{formatDollars(advice.MonthlySaved ?? 0)}</Box>
          <Box>
            <Link to={to("trustedadvisor", "runs")}>{t("seeTrend")}</Link>
          </Box>
        </div>
      </ColumnLayout>
    </Container>
  );
}

export function Categories({ advice }: { advice: Standing[] }) {
  const t = useText(strings);
  return (
    <div className="g-categories">
      {CATEGORIES.map((category) => (
        <CategoryCard key={category} category={category} title={t(category)} checks={advice.filter((one) => one.Category === category)} />
      ))}
    </div>
  );
}

const COUNTED = [
  { status: "error", sign: "error", text: "countErrors" },
  { status: "warning", sign: "warning", text: "countWarnings" },
  { status: "ok", sign: "success", text: "countOk" },
  { status: "not_available", sign: "stopped", text: "countNotAvailable" },
] as const;

function CategoryCard({ category, title, checks }: { category: Category; title: string; checks: Standing[] }) {
  const t = useText(strings);
  const counts = COUNTED.map(({ status, ...shown }) => ({ ...shown, count: checks.filter((one) => one.Status === status).length }));
  return (
    <Container
      header={
        <Header variant="h2">
          <Link to={withQuery(to("trustedadvisor"), { category })}>{title}</Link>
        </Header>
      }
    >
      <SpaceBetween size="xxs">
        {counts.map(({ sign, text, count }) => (
          <StatusIndicator key={text} type={sign} {...(count === 0 ? { colorOverride: "grey" as const } : {})}>
            {t(text, { count })}
          </StatusIndicator>
        ))}
      </SpaceBetween>
    </Container>
  );
}
