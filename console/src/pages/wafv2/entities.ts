// The four kinds of things that WAF keeps: how each is listed and deleted.
import {
  DeleteIPSetCommand,
  DeleteRegexPatternSetCommand,
  DeleteRuleGroupCommand,
  DeleteWebACLCommand,
  ListIPSetsCommand,
  ListRegexPatternSetsCommand,
  ListRuleGroupsCommand,
  ListWebACLsCommand,
  type Scope,
  type WAFV2Client,
} from "@aws-sdk/client-wafv2";
import type { Asked } from "@/kit/pages";
import type { Kind } from "./names";

export interface Summary {
  Name?: string | undefined;
  Id?: string | undefined;
  Description?: string | undefined;
  LockToken?: string | undefined;
  ARN?: string | undefined;
}

export interface Locked {
  Name: string;
  Scope: Scope;
  Id: string;
  LockToken: string;
}

interface Page {
  items: Summary[];
  next: string | undefined;
}

export async function entityPageOf(waf: WAFV2Client, kind: Kind, Scope: Scope, { token, signal }: Asked): Promise<Page> {
  const input = { Scope, NextMarker: token };
  const options = { abortSignal: signal };
  switch (kind) {
    case "web-acls": {
      const found = await waf.send(new ListWebACLsCommand(input), options);
      return { items: found.WebACLs ?? [], next: found.NextMarker };
    }
    case "rule-groups": {
      const found = await waf.send(new ListRuleGroupsCommand(input), options);
      return { items: found.RuleGroups ?? [], next: found.NextMarker };
    }
    case "ip-sets": {
      const found = await waf.send(new ListIPSetsCommand(input), options);
      return { items: found.IPSets ?? [], next: found.NextMarker };
    }
    case "regex-sets": {
      const found = await waf.send(new ListRegexPatternSetsCommand(input), options);
      return { items: found.RegexPatternSets ?? [], next: found.NextMarker };
    }
  }
}

/** All of a kind, of which an account has at most a hundred. */
export async function everyEntity(waf: WAFV2Client, kind: Kind, scope: Scope, signal: AbortSignal): Promise<Summary[]> {
  const found: Summary[] = [];
  let token: string | undefined;
  do {
    const page = await entityPageOf(waf, kind, scope, { token, signal });
    found.push(...page.items);
    token = page.next;
  } while (token);
  return found;
}

export const DELETES = { "web-acls": "DeleteWebACL", "rule-groups": "DeleteRuleGroup", "ip-sets": "DeleteIPSet", "regex-sets": "DeleteRegexPatternSet" } as const;

export async function deleteEntity(waf: WAFV2Client, kind: Kind, key: Locked): Promise<void> {
  if (kind === "web-acls") await waf.send(new DeleteWebACLCommand(key));
  else if (kind === "rule-groups") await waf.send(new DeleteRuleGroupCommand(key));
  else if (kind === "ip-sets") await waf.send(new DeleteIPSetCommand(key));
  else await waf.send(new DeleteRegexPatternSetCommand(key));
}
