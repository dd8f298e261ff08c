// What detection rules found in the events.
import Badge from "@cloudscape-design/components/badge";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useText } from "@/i18n";
import { cli, CliPanel, Name, Page, ResourceTable, Time } from "@/kit";
import { Link, useQueryValue } from "@/router";
import { garrisonCall } from "@/session";
import { eventPage, withoutAccount } from "./record";
import { strings } from "./strings";

interface Detection {
  RuleId: string;
  Title?: string;
  Level?: string;
  Tags?: string[];
  EventId?: string;
  EventName?: string;
  EventSource?: string;
  EventTime?: string;
  Principal?: string;
  SourceIPAddress?: string;
  AwsRegion?: string;
}

const COLOURS = { critical: "severity-critical", high: "severity-high", medium: "severity-medium", low: "severity-low", informational: "severity-neutral" } as const;
type Level = keyof typeof COLOURS;
const LEVELS = Object.keys(COLOURS) as Level[];

export function DetectionsPage() {
  const t = useText(strings);
  const [level, setLevel] = useQueryValue("level");
  const levelOf = ({ Level: said }: Detection) => { const known = LEVELS.find((one) => one === said); return known ? t(known) : said; };
  const levels = [{ value: "", label: t("allLevels") }, ...LEVELS.map((one) => ({ value: one, label: t(one) }))];
  return (
    <Page title={t("detections")} description={t("detectionsText")} help={t("detectionsHelp")}>
      <ResourceTable<Detection>
        name="cloudtrail.detections"
        title={t("detections")}
        dependencies={[level]}
        load={async ({ token, signal }) => {
          const input = { ...(token ? { NextToken: token } : {}), ...(level ? { Level: level } : {}) };
          const answer = await garrisonCall<{ Detections: Detection[]; NextToken?: string }>("ListDetections", input, signal);
          return { items: answer.Detections, next: answer.NextToken };
        }}
        id={(one) => `${one.RuleId} ${one.EventId ?? ""}`}
        label={(one) => one.Title ?? one.RuleId}
        columns={[
          { id: "title", header: t("rule"), value: (one) => one.Title ?? one.RuleId, cell: (one) => <Name>{one.Title ?? one.RuleId}</Name>, width: 340 },
          { id: "level", header: t("level"), value: (one) => levelOf(one), cell: (one) => <Badge color={COLOURS[one.Level as Level] ?? "severity-neutral"}>{levelOf(one)}</Badge>, width: 120 },
          { id: "time", header: t("when"), value: (one) => one.EventTime, cell: (one) => <Time at={one.EventTime} />, unfiltered: true, width: 215 },
          { id: "event", header: t("what"), value: (one) => one.EventName, cell: (one) => <Link to={eventPage(one.EventId ?? "")}>{one.EventName}</Link>, width: 240 },
          { id: "who", header: t("who"), value: (one) => withoutAccount(one.Principal ?? ""), width: 200 },
          { id: "where", header: t("where"), value: (one) => one.SourceIPAddress, minWidth: 160 },
          { id: "tags", header: t("tags"), value: (one) => (one.Tags ?? []).join(", "), hidden: true },
          { id: "id", header: t("ruleId"), value: (one) => one.RuleId, hidden: true },
        ]}
        filters={
          <div className="g-fields">
            <FormField label={t("level")} stretch><Select
            selectedOption={levels.find(({ value }) => value === level) ?? null}
            options={levels}
            onChange={({ detail }) => {
              setLevel(detail.selectedOption.value ?? "");
            }}
          /></FormField></div>
        }
        empty={{ title: t("detectionsEmpty"), text: t("detectionsEmptyText") }}
      />
      <CliPanel commands={[cli("garrison", "ListDetections", level ? { Level: level } : {}), cli("garrison", "ListDetectionRules")]} />
    </Page>
  );
}
