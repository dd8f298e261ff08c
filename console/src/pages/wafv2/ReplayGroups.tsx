// What a replay found, by rule, with some of the requests.
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { type Replayed as AnyReplayed, ResourceTable, Time } from "@/kit";
import { strings } from "./strings";

export interface ReplayGroup {
  Effect: "newlyBlocked" | "noLongerBlocked" | "undetermined";
  Rule?: string;
  Count: number;
  FirstEventTime?: string;
  LastEventTime?: string;
  MissingKeys?: string[];
  Samples?: { Name: string; Method: string; Target: string; Address: string; Time: string }[];
}

export interface Replayed extends AnyReplayed {
  Groups?: ReplayGroup[];
}

const SIGNS = { newlyBlocked: "error", noLongerBlocked: "warning", undetermined: "info" } as const;

export function ReplayGroups({ groups }: { groups: ReplayGroup[] }) {
  const t = useText(strings);
  if (groups.length === 0) return <StatusIndicator type="success">{t("changesNothing")}</StatusIndicator>;
  return (
    <ResourceTable<ReplayGroup>
      plain
      name="wafv2.replay"
      heading="h3"
      title={t("changedRequests")}
      items={groups}
      id={(group) => `${group.Effect} ${group.Rule ?? ""}`}
      columns={[
        { id: "rule", header: t("rule"), value: (group) => group.Rule },
        {
          id: "effect",
          header: t("effect"),
          value: (group) => group.Effect,
          cell: (group) => <StatusIndicator type={SIGNS[group.Effect]}>{t(group.Effect)}</StatusIndicator>,
        },
        { id: "count", header: t("requests"), value: (group) => group.Count },
        { id: "last", header: t("lastTime"), value: (group) => group.LastEventTime, cell: (group) => <Time at={group.LastEventTime} />, unfiltered: true },
        { id: "missing", header: t("missing"), value: (group) => group.MissingKeys?.join(", ") },
        {
          id: "samples",
          header: t("samples"),
          cell: (group) => (
            <ExpandableSection headerText={t("samplesOf", { count: group.Samples?.length ?? 0 })}>
              {group.Samples?.map((one, index) => (
                <code key={index} className="g-code">
                  <bdi>{`${one.Address} ${one.Method} ${one.Target}`}</bdi>
                </code>
              ))}
            </ExpandableSection>
          ),
        },
      ]}
      empty={{ title: t("changesNothing"), text: "" }}
    />
  );
}
