// A rule group that others wrote: which, in which version, and what becomes of each of its rules.
import { DescribeManagedRuleGroupCommand, GetRuleGroupCommand, ListAvailableManagedRuleGroupsCommand, ListAvailableManagedRuleGroupVersionsCommand, type Scope } from "@aws-sdk/client-wafv2";
import { useText } from "@/i18n";
import { ErrorAlert, useCall } from "@/kit";
import { Choice } from "../Choice";
import { useWaf } from "../names";
import { strings } from "../strings";
import { type Document, type Json, stringOf } from "../wire";
import { Overrides } from "./Overrides";

interface Properties {
  scope: Scope;
  body: Document;
  set: (members: Record<string, Json | undefined>) => void;
}

export function ManagedGroup({ scope, body, set }: Properties) {
  const t = useText(strings);
  const waf = useWaf(scope);
  const vendor = stringOf(body["VendorName"]);
  const name = stringOf(body["Name"]);
  const version = stringOf(body["Version"]);
  const names = { Scope: scope, VendorName: vendor, Name: name };
  const groups = useCall(
    async (abortSignal) => (await waf.send(new ListAvailableManagedRuleGroupsCommand({ Scope: scope, Limit: 100 }), { abortSignal })).ManagedRuleGroups ?? [],
    [waf, scope],
  );
  const versions = useCall(async (abortSignal) => waf.send(new ListAvailableManagedRuleGroupVersionsCommand(names), { abortSignal }), [waf, scope, vendor, name]);
  const group = useCall(
    async (abortSignal) => waf.send(new DescribeManagedRuleGroupCommand({ ...names, ...(version ? { VersionName: version } : {}) }), { abortSignal }),
    [waf, scope, vendor, name, version],
  );
  return (
    <>
      <div className="waf-row">
        <Choice
          label={t("managedGroup")}
          description={group.data ? t("groupCapacity", { capacity: group.data.Capacity ?? 0 }) : undefined}
          filtering
          value={name}
          options={(groups.data ?? []).map((one) => ({ value: one.Name ?? "", label: one.Name ?? "", description: one.Description?.slice(0, 110) }))}
          onChange={(Name) => {
            const VendorName = groups.data?.find((one) => one.Name === Name)?.VendorName ?? "AWS";
            if (Name !== name) set({ VendorName, Name, Version: undefined, RuleActionOverrides: undefined });
          }}
        />
        <Choice
          label={t("version")}
          value={version || "default"}
          options={[
            { value: "default", label: t("defaultVersion", { version: versions.data?.CurrentDefaultVersion ?? "–" }) },
            ...(versions.data?.Versions ?? []).map((one) => one.Name ?? ""),
          ]}
          onChange={(chosen) => {
            set({ Version: chosen === "default" ? undefined : chosen });
          }}
        />
      </div>
      <ErrorAlert error={groups.error ?? versions.error ?? group.error} onRetry={group.reload} />
      <Overrides rules={group.data?.Rules ?? []} value={body["RuleActionOverrides"]} onChange={(RuleActionOverrides) => set({ RuleActionOverrides })} />
    </>
  );
}

/** The rules of an own rule group, and what becomes of them. */
export function GroupOverrides({ scope, body, set }: Properties) {
  const waf = useWaf(scope);
  const arn = stringOf(body["ARN"]);
  const group = useCall(async (abortSignal) => (arn ? ((await waf.send(new GetRuleGroupCommand({ ARN: arn }), { abortSignal })).RuleGroup?.Rules ?? []) : []), [waf, arn]);
  return (
    <>
      <ErrorAlert error={group.error} onRetry={group.reload} />
      <Overrides rules={group.data ?? []} value={body["RuleActionOverrides"]} onChange={(RuleActionOverrides) => set({ RuleActionOverrides })} />
    </>
  );
}
