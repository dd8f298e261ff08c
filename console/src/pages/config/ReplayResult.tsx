// What a rule would have found: how many resources, which, since when, for how long.
import { ConfigServiceClient } from "@aws-sdk/client-config-service";
import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { formatTime, type LoadPage, type Replayed as AnyReplayed, replayPage, ResourceTable } from "@/kit";
import { useClient } from "@/session";
import { withNames } from "./called";
import { Compliance } from "./Compliance";
import { duration } from "./duration";
import { ResourceLink } from "./ResourceLink";
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
  name?: string;
  NonCompliantSeconds: number;
  Periods: Period[];
}

export interface Replayed extends AnyReplayed {
  Resources?: ReplayedResource[];
  UndeterminedUntil?: string;
}

function loader(config: ConfigServiceClient, replayed: Replayed): LoadPage<ReplayedResource> {
  return async ({ token, signal }) => {
    const page = token === undefined ? replayed : await replayPage(replayed, token, signal);
    const items = await withNames(config, page.Resources ?? [], (one) => ({ type: one.ResourceType, id: one.ResourceId }), signal);
    return { items, next: page.NextToken };
  };
}

export function ReplayResult({ replayed }: { replayed: Replayed }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const { Replay, Totals = {}, UndeterminedUntil } = replayed;
  if (Replay.Status === "STOPPED") return <StatusIndicator type="stopped">{t("replayStopped")}</StatusIndicator>;
  if (Replay.Status !== "FINISHED")
    return (
      <Alert type="error" header={t("replayFailed")}>
        <bdi>{Replay.Reason ?? Replay.Status}</bdi>
      </Alert>
    );
  const broken = Totals["NON_COMPLIANT"] ?? 0;
  return (
    <SpaceBetween size="m">
      <StatusIndicator type={broken > 0 ? "error" : "success"}>{t(broken === 0 ? "wouldHaveFoundNone" : broken === 1 ? "wouldHaveFoundOne" : "wouldHaveFound", { count: broken })}</StatusIndicator>
      {UndeterminedUntil ? <StatusIndicator type="info">{t("undeterminedUntil", { time: formatTime(UndeterminedUntil) })}</StatusIndicator> : null}
      <ResourceTable<ReplayedResource>
        name="config.replay"
        filterKey="replay"
        title={t("replayed")}
        heading="h3"
        variant="borderless"
        dependencies={[Replay.ReplayId]}
        load={loader(config, replayed)}
        id={(one) => `${one.ResourceType}/${one.ResourceId}/${one.Region}`}
        columns={[
          {
            id: "id",
            header: t("resource"),
            value: (one) => one.name ?? one.ResourceId,
            cell: (one) => <ResourceLink type={one.ResourceType} id={one.ResourceId} name={one.name} />,
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
  const t = useText(strings);
  return (
    <SpaceBetween size="xxs">
      {periods.map((period) => (
        <div key={period.StartTime}>
          <Compliance>{period.Compliance}</Compliance> {formatTime(period.StartTime)} – {period.EndTime ? formatTime(period.EndTime) : t("until")}
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
