// What a replay found, in groups of the same caller, action and resource.
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { type Column, Name, replayPage, ResourceTable } from "@/kit";
import { strings } from "../strings/policies";
import type { Replayed, ReplayGroup } from "./replaying";

const INDICATOR: Record<ReplayGroup["Effect"], StatusIndicatorProps.Type> = { newlyDenied: "error", newlyAllowed: "warning", undetermined: "info" };

export function ReplayResults({ answer }: { answer: Replayed }) {
  const t = useText(strings);
  const { Replay, Totals = {}, Groups = [], Skipped = 0 } = answer;
  if (Replay.Status === "STOPPED") return <StatusIndicator type="stopped">{t("stop")}</StatusIndicator>;
  if (Replay.Status === "FAILED") return <StatusIndicator type="error">{t("replayFailed", { reason: Replay.Reason ?? "" })}</StatusIndicator>;
  const columns: Column<ReplayGroup>[] = [
    {
      id: "effect",
      header: t("effect"),
      value: (group) => t(group.Effect),
      cell: (group) => <StatusIndicator type={INDICATOR[group.Effect]}>{t(group.Effect)}</StatusIndicator>,
      width: 220,
    },
    { id: "principal", header: t("principal"), value: (group) => group.Principal },
    { id: "action", header: t("action"), value: (group) => group.Action },
    { id: "resource", header: t("resource"), value: (group) => group.Resource },
    { id: "count", header: t("count"), value: (group) => group.Count },
    { id: "last", header: t("last"), value: (group) => new Date(group.LastEventTime) },
    { id: "first", header: t("first"), value: (group) => new Date(group.FirstEventTime), hidden: true },
    { id: "statements", header: t("statements"), cell: (group) => <Name>{group.DecidingStatements?.join(", ")}</Name>, hidden: true },
    { id: "missing", header: t("missing"), cell: (group) => <Name>{group.MissingKeys?.join(", ")}</Name>, hidden: true },
  ];
  return (
    <SpaceBetween size="s">
      <StatusIndicator>{t("replayed", { count: Replay.Events ?? 0 })}</StatusIndicator>
      {Groups.length === 0 ? (
        <Box fontWeight="bold">{t("replayNothing")}</Box>
      ) : (
        <SpaceBetween direction="horizontal" size="l">
          {Object.entries(Totals).map(([effect, count]) => (
            <StatusIndicator key={effect} type={INDICATOR[effect as ReplayGroup["Effect"]] ?? "info"}>
              {t(effect as ReplayGroup["Effect"])}: {count}
            </StatusIndicator>
          ))}
        </SpaceBetween>
      )}
      {Skipped > 0 ? <StatusIndicator type="warning">{t("skipped", { count: Skipped })}</StatusIndicator> : null}
      {Groups.length === 0 ? null : (
        <ResourceTable<ReplayGroup>
          name="iam.replay"
          filterKey="replay-filter"
          variant="embedded"
          heading="h3"
          title={t("replay")}
          columns={columns}
          dependencies={[answer]}
          load={async ({ token, signal }) => {
            if (!token) return { items: Groups, next: answer.NextToken };
            const next = await replayPage(answer, token, signal);
            return { items: next.Groups ?? [], next: next.NextToken };
          }}
          id={(group) => [group.Effect, group.Principal, group.Action, group.Resource].join(" ")}
          empty={{ title: t("replayNothing"), text: "" }}
        />
      )}
    </SpaceBetween>
  );
}
