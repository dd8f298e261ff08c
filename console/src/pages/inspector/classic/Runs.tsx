// Assessment runs, newest and oldest.
import Button from "@cloudscape-design/components/button";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useRegion } from "@/session";
import { moment } from "../moments";
import { type Run, runs } from "./api";
import { RunState } from "./RunState";
import { classicStrings } from "./strings";

export function RunsPage() {
  const t = useText(classicStrings);
  const region = useRegion();
  const start = (
    <Button
      variant="primary"
      onClick={() => {
        navigate(to("inspector", "templates"));
      }}
    >
      {t("toTemplates")}
    </Button>
  );
  return (
    <Page title={t("runs")} description={t("runsText")} help={t("help")}>
      <ResourceTable<Run>
        name="inspector.runs"
        title={t("runs")}
        dependencies={[region]}
        load={(asked) => runs.list({}, asked)}
        id={(run) => run.arn}
        label={(run) => run.name}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (run) => run.name,
            cell: (run) => (
              <Link to={to("inspector", "runs", run.arn)}>
                <Name>{run.name}</Name>
              </Link>
            ),
            minWidth: 220,
          },
          { id: "state", header: t("state"), value: (run) => run.state, cell: (run) => <RunState>{run.state}</RunState> },
          { id: "started", header: t("started"), value: (run) => moment(run.startedAt ?? run.createdAt) },
          { id: "completed", header: t("completed"), value: (run) => moment(run.completedAt) },
          { id: "high", header: t("high"), value: (run) => run.findingCounts["High"] ?? 0 },
          { id: "medium", header: t("medium"), value: (run) => run.findingCounts["Medium"] ?? 0 },
          { id: "low", header: t("low"), value: (run) => run.findingCounts["Low"] ?? 0 },
        ]}
        actions={() => start}
        empty={{ title: t("runsEmpty"), text: t("runsEmptyText"), action: start }}
      />
    </Page>
  );
}
