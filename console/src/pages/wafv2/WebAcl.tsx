// One web ACL: its rules, what it decided, what it protects, and where its log goes.
import { GetWebACLCommand, UpdateWebACLCommand, type UpdateWebACLCommandInput } from "@aws-sdk/client-wafv2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { formatNumber, useText } from "@/i18n";
import { ErrorAlert, KeyValues, Name, Page, useCall } from "@/kit";
import { navigate, to, useQueryValue, withQuery } from "@/router";
import { Adapters } from "./Adapters";
import { Associations } from "./Associations";
import { type Draft, draftOf, kindOf } from "./draft";
import { DeleteEntity } from "./Entities";
import { Logging } from "./Logging";
import { type Key, scopeOf, useWaf, wafCommand } from "./names";
import { Replay } from "./Replay";
import { EditRules, type Locking } from "./rules/EditRules";
import { Samples } from "./Samples";
import { strings, wordOf } from "./strings";
import { Traffic } from "./Traffic";
import { type Document, documentOf, fromSdk, stringOf, toSdk } from "./wire";

const MOST_CAPACITY = 5000;

export function WebAclPage({ scope: given, name, id }: { scope: string; name: string; id: string }) {
  const t = useText(strings);
  const scope = scopeOf(given);
  const key: Key = { Name: name, Scope: scope, Id: id };
  const waf = useWaf(scope);
  const [tab, setTab] = useQueryValue("tab", "rules");
  const [deleting, setDeleting] = useState(false);
  const read = async (abortSignal: AbortSignal): Promise<Locking> => {
    const { WebACL, LockToken = "" } = await waf.send(new GetWebACLCommand(key), { abortSignal });
    return { shown: fromSdk<Document>(WebACL), token: LockToken };
  };
  const found = useCall(read, [waf, name, id]);
  const shown = found.data?.shown ?? {};
  const arn = stringOf(shown["ARN"]);
  const draft = found.data ? draftOf(shown) : undefined;
  const metric = stringOf(documentOf(shown["VisibilityConfig"])["MetricName"]);
  const description = stringOf(shown["Description"]);
  const input = (changed: Draft, token: string) => ({ ...key, LockToken: token, ...(description ? { Description: description } : {}), ...changed });
  const tabs = found.data && draft;
  return (
    <Page
      title={name}
      crumbs={[{ text: t("webAcls"), to: withQuery(to("wafv2"), { scope: scope === "CLOUDFRONT" ? scope : undefined }) }]}
      help={t("help")}
      actions={<Button onClick={() => setDeleting(true)}>{t("delete")}</Button>}
    >
      <ErrorAlert error={found.error} onRetry={found.reload} />
      <Container>
        <KeyValues
          columns={4}
          facts={[
            [t("arn"), <Name key="arn">{arn}</Name>],
            [t("scope"), scope === "CLOUDFRONT" ? "CloudFront" : t("regional")],
            [t("defaultAction"), wordOf(t, kindOf(documentOf(shown["DefaultAction"])))],
            [t("capacity"), formatNumber(Number(shown["Capacity"] ?? 0))],
            [t("rules"), draft?.Rules.length],
            [t("metric"), <Name key="metric">{metric}</Name>],
            [t("description"), <Name key="description">{description}</Name>],
          ]}
        />
      </Container>
      <Tabs
        ariaLabel={t("webAcl")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          {
            id: "rules",
            label: t("rules"),
            contentRenderStrategy: "lazy", // keeps what was typed while another tab is looked at
            content: found.data ? (
              <EditRules
                key={found.data.token}
                saved={found.data}
                scope={scope}
                most={MOST_CAPACITY}
                save={(changed, token) => waf.send(new UpdateWebACLCommand(toSdk<UpdateWebACLCommandInput>(input(changed, token))))}
                present={read}
                command={(changed) => wafCommand("UpdateWebACL", input(changed, found.data?.token ?? ""), scope)}
                onSaved={found.reload}
                tryOut={(changed) => <Replay name={name} arn={arn} draft={changed} />}
              />
            ) : null,
          },
          { id: "requests", label: t("requests"), content: tabs ? <Samples arn={arn} scope={scope} rules={draft.Rules} metric={metric} /> : null },
          { id: "traffic", label: t("traffic"), content: tabs ? <Traffic scope={scope} metric={metric} /> : null },
          { id: "protects", label: t("protects"), content: tabs ? <Associations arn={arn} scope={scope} /> : null },
          { id: "logging", label: t("logging"), contentRenderStrategy: "lazy", content: tabs ? <Logging arn={arn} name={name} scope={scope} /> : null },
          { id: "adapters", label: t("adapters"), content: <Adapters name={name} arn={arn} /> },
        ]}
      />
      {deleting ? (
        <DeleteEntity
          kind="web-acls"
          target={{ ...key, LockToken: found.data?.token ?? "" }}
          onClose={(done) => {
            setDeleting(false);
            if (done) navigate(to("wafv2"));
          }}
        />
      ) : null}
    </Page>
  );
}
