// The dialog that creates a web ACL, rule group, IP set or regex pattern set.
import {
  CreateIPSetCommand,
  CreateRegexPatternSetCommand,
  CreateRuleGroupCommand,
  CreateWebACLCommand,
  type IPAddressVersion,
  type Scope,
  type WAFV2Client,
} from "@aws-sdk/client-wafv2";
import { useState } from "react";
import { useText } from "@/i18n";
import { flash, FormDialog, Lines, linesOf, TextField } from "@/kit";
import { Choice } from "./Choice";
import type { Summary } from "./entities";
import { type Kind, useWaf, wafCommand } from "./names";
import { strings } from "./strings";

interface Properties {
  kind: Kind;
  scope: Scope;
  title: string;
  onClose: (made?: Summary) => void;
}

interface Form {
  name: string;
  description: string;
  /** The default action, the version of addresses, or the capacity. */
  choice: string;
  /** Addresses or expressions, one a line. */
  lines: string;
}

const FIRST: Record<Kind, string> = { "web-acls": "Allow", "rule-groups": "100", "ip-sets": "IPV4", "regex-sets": "" };

/** The call that makes it: its operation and input. */
function callOf(kind: Kind, Scope: Scope, form: Form) {
  const named = { Name: form.name, Scope, ...(form.description ? { Description: form.description } : {}) };
  const VisibilityConfig = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: form.name };
  switch (kind) {
    case "web-acls": {
      const input = { ...named, DefaultAction: form.choice === "Block" ? { Block: {} } : { Allow: {} }, VisibilityConfig, Rules: [] };
      return { operation: "CreateWebACL", input, send: (waf: WAFV2Client) => waf.send(new CreateWebACLCommand(input)) };
    }
    case "rule-groups": {
      const input = { ...named, Capacity: Number(form.choice), VisibilityConfig, Rules: [] };
      return { operation: "CreateRuleGroup", input, send: (waf: WAFV2Client) => waf.send(new CreateRuleGroupCommand(input)) };
    }
    case "ip-sets": {
      const input = { ...named, IPAddressVersion: form.choice as IPAddressVersion, Addresses: linesOf(form.lines) };
      return { operation: "CreateIPSet", input, send: (waf: WAFV2Client) => waf.send(new CreateIPSetCommand(input)) };
    }
    case "regex-sets": {
      const input = { ...named, RegularExpressionList: linesOf(form.lines).map((RegexString) => ({ RegexString })) };
      return { operation: "CreateRegexPatternSet", input, send: (waf: WAFV2Client) => waf.send(new CreateRegexPatternSetCommand(input)) };
    }
  }
}

export function CreateEntity({ kind, scope, title, onClose }: Properties) {
  const t = useText(strings);
  const waf = useWaf(scope);
  const [form, setForm] = useState<Form>({ name: "", description: "", choice: FIRST[kind], lines: "" });
  const call = callOf(kind, scope, form);
  const set = (members: Partial<Form>) => {
    setForm({ ...form, ...members });
  };
  return (
    <FormDialog
      title={title}
      action={title}
      ready={form.name !== "" && (kind !== "regex-sets" || linesOf(form.lines).length > 0)}
      commands={[wafCommand(call.operation, call.input, scope)]}
      onSubmit={async () => {
        const { Summary: made } = await call.send(waf);
        flash("success", t("created", { name: form.name }));
        onClose(made);
      }}
      onClose={(done) => {
        if (!done) onClose();
      }}
    >
      <TextField label={t("name")} description={t("nameHint")} value={form.name} onChange={(name) => set({ name })} autoFocus />
      <TextField label={t("description")} value={form.description} onChange={(description) => set({ description })} />
      {kind === "web-acls" ? (
        <Choice label={t("defaultAction")} description={t("defaultActionHint")} value={form.choice} options={["Allow", "Block"]} onChange={(choice) => set({ choice })} />
      ) : null}
      {kind === "rule-groups" ? (
        <TextField label={t("capacity")} description={t("capacityHint")} type="number" inputMode="numeric" value={form.choice} onChange={(choice) => set({ choice })} />
      ) : null}
      {kind === "ip-sets" ? <Choice label={t("addressVersion")} value={form.choice} options={["IPV4", "IPV6"]} onChange={(choice) => set({ choice })} /> : null}
      {kind === "ip-sets" || kind === "regex-sets" ? (
        <Lines rows={8} label={t(kind === "ip-sets" ? "addresses" : "expressions")} description={t(kind === "ip-sets" ? "addressesHint" : "expressionsHint")} value={form.lines} onChange={(lines) => set({ lines })} />
      ) : null}
    </FormDialog>
  );
}
