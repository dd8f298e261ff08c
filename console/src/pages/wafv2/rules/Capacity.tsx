// What the rules of a draft would cost, asked a moment after each change; and what is wrong with them.
import { CheckCapacityCommand, type Rule as SdkRule, type Scope } from "@aws-sdk/client-wafv2";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useEffect, useState } from "react";
import { useText } from "@/i18n";
import { type Called, ErrorAlert, type Mark, useCall } from "@/kit";
import { failureOf } from "@/session";
import { mark, type Rule } from "../draft";
import { useWaf } from "../names";
import { strings } from "../strings";
import { toSdk } from "../wire";

const PAUSE_MILLISECONDS = 400;

export interface Checked extends Called<number> {
  /** The rules that were checked: those of a moment ago, while somebody types. */
  asked: Rule[];
}

/** A rule without the response that it blocks with: it costs nothing, and its body is the web ACL's, which CheckCapacity is not told. */
function withoutResponse(rule: Rule): Rule {
  return rule.Action && "Block" in rule.Action ? { ...rule, Action: { Block: {} } } : rule;
}

/** CheckCapacity of the rules. */
export function useCapacity(scope: Scope, rules: Rule[]): Checked {
  const waf = useWaf(scope);
  const [asked, setAsked] = useState(rules);
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(rules);
    }, PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
    };
  }, [rules]);
  const capacity = useCall(
    async (abortSignal) => (asked.length > 0 ? ((await waf.send(new CheckCapacityCommand({ Scope: scope, Rules: toSdk<SdkRule[]>(asked.map(withoutResponse)) }), { abortSignal })).Capacity ?? 0) : 0),
    [waf, scope, asked],
  );
  return { ...capacity, asked };
}

/** What the server says of the rules, where it refuses them as such. */
function refusal({ error }: Checked): string | undefined {
  if (error === undefined) return undefined;
  const { code, message } = failureOf(error);
  return code.startsWith("WAF") ? message : undefined;
}

/** The refusal at the line of the parameter that it names. */
export function refusalMarks(text: string, checked: Checked): Mark[] {
  const message = refusal(checked);
  if (message === undefined) return [];
  const parameter = /, parameter: (.+)$/s.exec(message)?.[1] ?? "";
  return [mark(text, parameter && text.includes(`"${parameter}"`) ? `"${parameter}"` : '"Rules"', message)];
}

export function Capacity({ checked, rules, most }: { checked: Checked; rules: Rule[]; most: number }) {
  const t = useText(strings);
  const refused = refusal(checked);
  if (refused !== undefined) {
    return (
      <StatusIndicator type="error">
        <bdi>{refused}</bdi>
      </StatusIndicator>
    );
  }
  if (checked.error !== undefined) return <ErrorAlert compact error={checked.error} onRetry={checked.reload} />;
  if (checked.data === undefined || checked.asked !== rules) return <StatusIndicator type="loading">{t("counting")}</StatusIndicator>;
  return <StatusIndicator type={checked.data > most ? "warning" : "success"}>{t("capacityOf", { capacity: checked.data, most })}</StatusIndicator>;
}
