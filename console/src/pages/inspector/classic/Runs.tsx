// Assessment runs, newest and oldest.
import Button from "@cloudscape-design/components/button";
import { sayWord, useText } from "@/i18n";
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
            width: 300,
          },
          { id: "state", header: t("state"), value: (run) => sayWord(classicStrings, run.state), cell: (run) => <RunState>{run.state}</RunState>, width: 160 },
          { id: "started", header: t("started"), value: (run) => moment(run.startedAt ?? run.createdAt), width: 200 },
          { id: "completed", header: t("completed"), value: (run) => moment(run.completedAt), width: 200 },
          ...(["High", "Medium", "Low"] as const).map((id) => ({ id, header: t(id), value: (run: Run) => run.findingCounts[id] ?? 0, width: 90 })),
        ]}
        actions={() => start}
        empty={{ title: t("runsEmpty"), text: t("runsEmptyText"), action: start }}
      />
    </Page>
  );
}
