// What the rules of a draft would cost, asked a moment after each change; and what is wrong with them.
import { CheckCapacityCommand, type Rule as SdkRule, type Scope } from "@aws-sdk/client-wafv2";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useEffect, useState } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, useCall } from "@/kit";
import { failureOf } from "@/session";
import type { Rule } from "../draft";
import { useWaf } from "../names";
import { strings } from "../strings";
import { toSdk } from "../wire";

const PAUSE_MILLISECONDS = 400;

export function Capacity({ scope, rules, most }: { scope: Scope; rules: Rule[]; most: number }) {
  const t = useText(strings);
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
    async (abortSignal) => (asked.length > 0 ? ((await waf.send(new CheckCapacityCommand({ Scope: scope, Rules: toSdk<SdkRule[]>(asked) }), { abortSignal })).Capacity ?? 0) : 0),
    [waf, scope, asked],
  );
  const code = capacity.error === undefined ? "" : failureOf(capacity.error).code;
  if (code.startsWith("WAF")) {
    return (
      <StatusIndicator type="error">
        <bdi>{failureOf(capacity.error).message}</bdi>
      </StatusIndicator>
    );
  }
  if (capacity.error !== undefined) return <ErrorAlert compact error={capacity.error} onRetry={capacity.reload} />;
  if (capacity.data === undefined || asked !== rules) return <StatusIndicator type="loading">{t("counting")}</StatusIndicator>;
  return <StatusIndicator type={capacity.data > most ? "warning" : "success"}>{t("capacityOf", { capacity: capacity.data, most })}</StatusIndicator>;
}
