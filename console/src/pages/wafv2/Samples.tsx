// Requests that were sampled in the last three hours, by rule.
import { GetSampledRequestsCommand, type SampledHTTPRequest, type Scope, type WAFV2Client } from "@aws-sdk/client-wafv2";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { ResourceTable, useCall } from "@/kit";
import { useQueryValue } from "@/router";
import { Choice } from "./Choice";
import type { Rule } from "./draft";
import { useWaf } from "./names";
import { Sample } from "./Sample";
import { strings, wordOf } from "./strings";
import { documentOf, stringOf } from "./wire";
import "./wafv2.css";

const MOST = 200;
const ALL = "";

export interface Sampled extends SampledHTTPRequest {
  /** The rule that the sample is of; empty for the default action. */
  rule: string;
  number: number;
}

interface Properties {
  arn: string;
  scope: Scope;
  rules: Rule[];
  /** The web ACL's own metric: requests that no rule ended. */
  metric: string;
}

const SIGNS: Record<string, "error" | "success" | "info"> = { BLOCK: "error", ALLOW: "success" };

interface Source {
  rule: string;
  metric: string;
}

/** The samples of several rules, the latest first. */
async function sampled(waf: WAFV2Client, of: { WebAclArn: string; Scope: Scope }, sources: Source[], minutes: number, abortSignal: AbortSignal): Promise<Sampled[]> {
  const now = Date.now();
  const TimeWindow = { StartTime: new Date(now - minutes * 60_000), EndTime: new Date(now + 60_000) };
  const answers = await Promise.all(
    sources.map(async ({ rule, metric }) => {
      const input = { ...of, RuleMetricName: metric, TimeWindow, MaxItems: MOST };
      const { SampledRequests = [] } = await waf.send(new GetSampledRequestsCommand(input), { abortSignal });
      return SampledRequests.map((sample) => ({ ...sample, rule }));
    }),
  );
  const samples = answers.flat().sort((one, other) => (other.Timestamp?.getTime() ?? 0) - (one.Timestamp?.getTime() ?? 0));
  return samples.map((sample, number) => ({ ...sample, number }));
}

/** The rule that decided, and in a group which of its rules. */
export function ruleOf({ rule, RuleNameWithinRuleGroup: inside }: Sampled): string {
  return [rule, inside?.split("#").at(-1)].filter(Boolean).join(" › ");
}

/** The client's address, with its country where that is known. */
export function clientOf({ Request: request }: Sampled): string {
  const country = request?.Country;
  return country && country !== "-" ? `${request.ClientIP ?? ""} (${country})` : (request?.ClientIP ?? "");
}

export function Samples({ arn, scope, rules, metric }: Properties) {
  const t = useText(strings);
  const waf = useWaf(scope);
  const [chosen, setChosen] = useQueryValue("rule", ALL);
  const [minutes, setMinutes] = useQueryValue("minutes", "180");
  const [opened, setOpened] = useState<Sampled>();
  const sources = [...rules.map((rule) => ({ rule: rule.Name, metric: stringOf(rule.VisibilityConfig["MetricName"]) })), { rule: "", metric }];
  const asked = sources.filter((one) => chosen === ALL || one.metric === chosen);
  const found = useCall(
    (signal) => sampled(waf, { WebAclArn: arn, Scope: scope }, asked, Number(minutes), signal),
    [waf, arn, chosen, minutes, JSON.stringify(asked)],
  );
  return (
    <div className="waf-list-and-one">
      <div className={opened ? "waf-has-one" : undefined}>
        <ResourceTable<Sampled>
          name="wafv2.samples"
          title={t("sampled")}
          description={t("sampledText")}
          items={found.data ?? []}
          loading={found.loading}
          error={found.error}
          onReload={found.reload}
          id={(one) => String(one.number)}
          label={(one) => `${one.Request?.Method ?? ""} ${one.Request?.URI ?? ""}`}
          selection="single"
          onSelect={([one]) => {
            setOpened(one);
          }}
          columns={[
            { id: "uri", header: "URI", value: (one) => one.Request?.URI, width: 290 },
            { id: "method", header: t("method"), value: (one) => one.Request?.Method, width: 100 },
            {
              id: "action",
              header: t("action"),
              value: (one) => wordOf(t, one.Action ?? ""),
              cell: (one) => <StatusIndicator type={SIGNS[one.Action ?? ""] ?? "info"}>{wordOf(t, one.Action ?? "")}</StatusIndicator>,
              width: 110,
            },
            { id: "rule", header: t("rule"), value: (one) => ruleOf(one) || t("defaultAction"), width: 230 },
            { id: "address", header: t("client"), value: clientOf, width: 145 },
            { id: "time", header: t("time"), value: (one) => one.Timestamp, width: 200 },
            { id: "weight", header: t("weight"), value: (one) => one.Weight, hidden: true },
          ]}
          filters={
            <div className="waf-row">
              <Choice
                label={t("rule")}
                value={chosen}
                options={[{ value: ALL, label: t("allRules") }, ...sources.map((one) => ({ value: one.metric, label: one.rule || t("defaultAction") }))]}
                onChange={setChosen}
              />
              <Choice
                label={t("during")}
                value={minutes}
                options={[
                  { value: "15", label: t("lastMinutes", { minutes: 15 }) },
                  { value: "60", label: t("lastHour") },
                  { value: "180", label: t("lastHours", { hours: 3 }) },
                ]}
                onChange={setMinutes}
              />
            </div>
          }
          empty={{ title: t("samplesEmpty"), text: t("samplesEmptyText") }}
        />
        {opened ? <Sample key={opened.number} arn={arn} scope={scope} sample={opened} statement={documentOf(rules.find(({ Name: name }) => name === opened.rule)?.Statement)} /> : null}
      </div>
    </div>
  );
}
