// One rule group: its rules, within the capacity that it was made with.
import { GetRuleGroupCommand, UpdateRuleGroupCommand, type UpdateRuleGroupCommandInput } from "@aws-sdk/client-wafv2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import { useState } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, KeyValues, Name, Page, useCall } from "@/kit";
import { navigate, to, withQuery } from "@/router";
import type { Draft } from "./draft";
import { DeleteEntity } from "./Entities";
import { type Key, scopeOf, useWaf, wafCommand } from "./names";
import { EditRules, type Locking } from "./rules/EditRules";
import { strings } from "./strings";
import { type Document, fromSdk, stringOf, toSdk } from "./wire";

export function RuleGroupPage({ scope: given, name, id }: { scope: string; name: string; id: string }) {
  const t = useText(strings);
  const scope = scopeOf(given);
  const key: Key = { Name: name, Scope: scope, Id: id };
  const waf = useWaf(scope);
  const [deleting, setDeleting] = useState(false);
  const read = async (abortSignal: AbortSignal): Promise<Locking> => {
    const { RuleGroup, LockToken = "" } = await waf.send(new GetRuleGroupCommand(key), { abortSignal });
    return { shown: fromSdk<Document>(RuleGroup), token: LockToken };
  };
  const found = useCall(read, [waf, name, id]);
  const shown = found.data?.shown ?? {};
  const description = stringOf(shown["Description"]);
  const input = (changed: Draft, token: string) => ({ ...key, LockToken: token, ...(description ? { Description: description } : {}), ...changed });
  return (
    <Page
      title={name}
      crumbs={[{ text: t("ruleGroups"), to: withQuery(to("wafv2", "rule-groups"), { scope: scope === "CLOUDFRONT" ? scope : undefined }) }]}
      help={t("help")}
      actions={<Button onClick={() => setDeleting(true)}>{t("delete")}</Button>}
    >
      <ErrorAlert error={found.error} onRetry={found.reload} />
      <Container>
        <KeyValues
          columns={4}
          facts={[
            [t("arn"), <Name key="arn">{stringOf(shown["ARN"])}</Name>],
            [t("scope"), scope === "CLOUDFRONT" ? "CloudFront" : t("regional")],
            [t("capacity"), stringOf(shown["Capacity"])],
            [t("labelNamespace"), <Name key="namespace">{stringOf(shown["LabelNamespace"])}</Name>],
          ]}
        />
      </Container>
      {found.data ? (
        <EditRules
          key={found.data.token}
          inGroup
          saved={found.data}
          scope={scope}
          most={Number(shown["Capacity"] ?? 0)}
          save={(changed, token) => waf.send(new UpdateRuleGroupCommand(toSdk<UpdateRuleGroupCommandInput>(input(changed, token))))}
          present={read}
          command={(changed) => wafCommand("UpdateRuleGroup", input(changed, found.data?.token ?? ""), scope)}
          onSaved={found.reload}
        />
      ) : null}
      {deleting ? (
        <DeleteEntity
          kind="rule-groups"
          target={{ ...key, LockToken: found.data?.token ?? "" }}
          onClose={(done) => {
            setDeleting(false);
            if (done) navigate(to("wafv2", "rule-groups"));
          }}
        />
      ) : null}
    </Page>
  );
}
