// What a rule would have found: how many resources, which, since when, for how long.
import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { formatTime, type LoadPage, Name, ResourceTable } from "@/kit";
import { Link } from "@/router";
import { garrisonCall } from "@/session";
import { Compliance } from "./Compliance";
import { duration } from "./duration";
import { resourcePage } from "./names";
import { strings } from "./strings";

interface Period {
  Compliance: string;
  Annotation?: string;
  StartTime: string;
  EndTime?: string;
}

interface ReplayedResource {
  ResourceType: string;
  ResourceId: string;
  Region: string;
  NonCompliantSeconds: number;
  Periods: Period[];
}

export interface Replayed {
  Replay: { ReplayId: string; Status: string; Reason?: string };
  Totals?: Record<string, number>;
  Resources?: ReplayedResource[];
  UndeterminedUntil?: string;
  NextToken?: string;
}

function loader(replayed: Replayed): LoadPage<ReplayedResource> {
  return async ({ token, signal }) => {
    const { ReplayId } = replayed.Replay;
    const page = token === undefined ? replayed : await garrisonCall<Replayed>("GetReplay", { ReplayId, NextToken: token }, signal);
    return { items: page.Resources ?? [], next: page.NextToken };
  };
}

export function ReplayResult({ replayed }: { replayed: Replayed }) {
  const t = useText(strings);
  const { Replay, Totals = {}, UndeterminedUntil } = replayed;
  if (Replay.Status !== "FINISHED")
    return (
      <Alert type="error" header={t("replayFailed")}>
        <bdi>{Replay.Reason ?? Replay.Status}</bdi>
      </Alert>
    );
  const broken = Totals["NON_COMPLIANT"] ?? 0;
  return (
    <SpaceBetween size="m">
      <StatusIndicator type={broken > 0 ? "error" : "success"}>{t(broken > 0 ? "wouldHaveFound" : "wouldHaveFoundNone", { count: broken })}</StatusIndicator>
      {UndeterminedUntil ? <StatusIndicator type="info">{t("undeterminedUntil", { time: formatTime(UndeterminedUntil) })}</StatusIndicator> : null}
      <ResourceTable<ReplayedResource>
        name="config.replay"
        filterKey="replay"
        title={t("replayed")}
        heading="h3"
        variant="borderless"
        dependencies={[Replay.ReplayId]}
        load={loader(replayed)}
        id={(one) => `${one.ResourceType}/${one.ResourceId}/${one.Region}`}
        columns={[
          {
            id: "id",
            header: t("resourceId"),
            value: (one) => one.ResourceId,
            cell: (one) => (
              <Link to={resourcePage(one.ResourceType, one.ResourceId)}>
                <Name>{one.ResourceId}</Name>
              </Link>
            ),
          },
          { id: "type", header: t("type"), value: (one) => one.ResourceType },
          { id: "seconds", header: t("brokenFor"), value: (one) => one.NonCompliantSeconds, cell: (one) => duration(one.NonCompliantSeconds) },
          { id: "periods", header: t("periods"), cell: (one) => <Periods periods={one.Periods} />, minWidth: 340 },
        ]}
        empty={{ title: t("replayedNone"), text: t("replayedNoneText") }}
      />
    </SpaceBetween>
  );
}

function Periods({ periods }: { periods: Period[] }) {
  return (
    <SpaceBetween size="xxs">
      {periods.map((period) => (
        <div key={period.StartTime}>
          <Compliance>{period.Compliance}</Compliance> {formatTime(period.StartTime)} – {period.EndTime ? formatTime(period.EndTime) : ""}
          {period.Annotation ? (
            <div>
              <bdi>{period.Annotation}</bdi>
            </div>
          ) : null}
        </div>
      ))}
    </SpaceBetween>
  );
}
