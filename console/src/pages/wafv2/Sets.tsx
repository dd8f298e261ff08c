// One IP set or regex pattern set: its lines.
import { GetIPSetCommand, GetRegexPatternSetCommand, UpdateIPSetCommand, UpdateRegexPatternSetCommand } from "@aws-sdk/client-wafv2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, ErrorAlert, flash, KeyValues, Lines, linesOf, Name, Page, useAction, useCall, useUnsaved } from "@/kit";
import { navigate, to, withQuery } from "@/router";
import { failureOf } from "@/session";
import { Conflict } from "./Conflict";
import { DeleteEntity } from "./Entities";
import { type Key, type Kind, scopeOf, useWaf, wafCommand } from "./names";
import { strings, wordOf } from "./strings";

interface Found {
  lines: string[];
  token: string;
  arn: string;
  description: string;
  version?: string | undefined;
}

interface Place {
  scope: string;
  name: string;
  id: string;
}

export function IpSetPage(place: Place) {
  return <SetPage kind="ip-sets" place={place} />;
}

export function RegexSetPage(place: Place) {
  return <SetPage kind="regex-sets" place={place} />;
}

function SetPage({ kind, place }: { kind: Kind; place: Place }) {
  const t = useText(strings);
  const scope = scopeOf(place.scope);
  const key: Key = { Name: place.name, Scope: scope, Id: place.id };
  const waf = useWaf(scope);
  const isIp = kind === "ip-sets";
  const [deleting, setDeleting] = useState(false);
  const [edited, setEdited] = useState<string>();
  const found = useCall(
    async (abortSignal): Promise<Found> => {
      if (isIp) {
        const { IPSet, LockToken = "" } = await waf.send(new GetIPSetCommand(key), { abortSignal });
        return { lines: IPSet?.Addresses ?? [], token: LockToken, arn: IPSet?.ARN ?? "", description: IPSet?.Description ?? "", version: IPSet?.IPAddressVersion };
      }
      const { RegexPatternSet, LockToken = "" } = await waf.send(new GetRegexPatternSetCommand(key), { abortSignal });
      const lines = (RegexPatternSet?.RegularExpressionList ?? []).map(({ RegexString = "" }) => RegexString);
      return { lines, token: LockToken, arn: RegexPatternSet?.ARN ?? "", description: RegexPatternSet?.Description ?? "" };
    },
    [waf, kind, place.name, place.id],
  );
  const text = edited ?? found.data?.lines.join("\n") ?? "";
  const lines = linesOf(text);
  const common = { ...key, LockToken: found.data?.token ?? "", ...(found.data?.description ? { Description: found.data.description } : {}) };
  const update = isIp ? { ...common, Addresses: lines } : { ...common, RegularExpressionList: lines.map((RegexString) => ({ RegexString })) };
  const isChanged = edited !== undefined && edited !== found.data?.lines.join("\n");
  const unsaved = useUnsaved(isChanged);
  const save = useAction(async (token: string) => {
    if (isIp) await waf.send(new UpdateIPSetCommand({ ...common, LockToken: token, Addresses: lines }));
    else await waf.send(new UpdateRegexPatternSetCommand({ ...common, LockToken: token, RegularExpressionList: lines.map((RegexString) => ({ RegexString })) }));
    unsaved.forget();
    flash("success", t("saved"));
    setEdited(undefined);
    found.reload();
  });
  const isConflict = save.error !== undefined && failureOf(save.error).code === "WAFOptimisticLockException";
  return (
    <Page
      title={place.name}
      crumbs={[{ text: t(isIp ? "ipSets" : "regexSets"), to: withQuery(to("wafv2", kind), { scope: scope === "CLOUDFRONT" ? scope : undefined }) }]}
      help={t("help")}
      actions={<Button onClick={() => setDeleting(true)}>{t("delete")}</Button>}
    >
      <ErrorAlert error={found.error} onRetry={found.reload} />
      <Container>
        <KeyValues
          facts={[
            [t("arn"), <Name key="arn">{found.data?.arn}</Name>],
            [t("scope"), scope === "CLOUDFRONT" ? "CloudFront" : t("regional")],
            ...(isIp ? [[t("addressVersion"), wordOf(t, found.data?.version ?? "")] as [string, string | undefined]] : []),
            [t("entries"), found.data?.lines.length],
            [t("description"), <Name key="description">{found.data?.description}</Name>],
          ]}
        />
      </Container>
      <Container>
        <SpaceBetween size="m">
          <Lines rows={8} label={t(isIp ? "addresses" : "expressions")} description={t(isIp ? "addressesHint" : "expressionsHint")} value={text} onChange={setEdited} />
          <Button variant="primary" disabled={!isChanged} loading={save.busy} onClick={() => void save.run(common.LockToken)}>
            {t("save")}
          </Button>
          {!isChanged ? null : <CliPanel commands={[wafCommand(isIp ? "UpdateIPSet" : "UpdateRegexPatternSet", update, scope)]} />}
          {isConflict ? (
            <Conflict
              mine={lines}
              present={async (abortSignal) => {
                if (isIp) {
                  const now = await waf.send(new GetIPSetCommand(key), { abortSignal });
                  return { shown: now.IPSet?.Addresses ?? [], token: now.LockToken ?? "" };
                }
                const now = await waf.send(new GetRegexPatternSetCommand(key), { abortSignal });
                return { shown: (now.RegexPatternSet?.RegularExpressionList ?? []).map((one) => one.RegexString), token: now.LockToken ?? "" };
              }}
              onTheirs={() => {
                save.clear();
                setEdited(undefined);
                found.reload();
              }}
              onMine={(token) => void save.run(token)}
            />
          ) : (
            <ErrorAlert error={save.error} />
          )}
        </SpaceBetween>
      </Container>
      {deleting ? (
        <DeleteEntity
          kind={kind}
          target={{ ...key, LockToken: found.data?.token ?? "" }}
          onClose={(done) => {
            setDeleting(false);
            if (done) navigate(to("wafv2", kind));
          }}
        />
      ) : null}
    </Page>
  );
}
