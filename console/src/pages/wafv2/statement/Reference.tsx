// An IP set, regex pattern set or rule group that a statement refers to.
import type { Scope } from "@aws-sdk/client-wafv2";
import { useText } from "@/i18n";
import { ErrorAlert, useCall } from "@/kit";
import { Choice } from "../Choice";
import { everyEntity } from "../entities";
import { type Kind, useWaf } from "../names";
import { strings } from "../strings";

const LABELS = { "ip-sets": "ipSet", "regex-sets": "regexSet", "rule-groups": "ruleGroup", "web-acls": "webAcl" } as const;

interface Properties {
  kind: Kind;
  scope: Scope;
  value: string;
  onChange: (value: string) => void;
}

export function Reference({ kind, scope, value, onChange }: Properties) {
  const t = useText(strings);
  const waf = useWaf(scope);
  const found = useCall((signal) => everyEntity(waf, kind, scope, signal), [waf, kind, scope]);
  return (
    <>
      <Choice
        label={t(LABELS[kind])}
        description={found.data?.length === 0 ? t("noneYet") : undefined}
        placeholder={t("choose")}
        value={value}
        filtering
        options={(found.data ?? []).map(({ ARN, Name, Description }) => ({ value: ARN ?? "", label: Name ?? "", description: Description }))}
        onChange={onChange}
      />
      <ErrorAlert error={found.error} onRetry={found.reload} />
    </>
  );
}
