// The lists of web ACLs, rule groups, IP sets and regex pattern sets, each of a scope.
import Button from "@cloudscape-design/components/button";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, flash, Name, Page, ResourceTable } from "@/kit";
import { Link, navigate, useQueryValue } from "@/router";
import { CreateEntity } from "./CreateEntity";
import { deleteEntity, DELETES, entityPageOf, type Locked, type Summary } from "./entities";
import { CLOUDFRONT, entityPage, type Kind, scopeOf, useWaf, wafCommand } from "./names";
import { strings } from "./strings";

const TEXTS = {
  "web-acls": { title: "webAcls", text: "webAclsText", empty: "webAclsEmpty", emptyText: "webAclsEmptyText", create: "createWebAcl", remove: "deleteWebAcl" },
  "rule-groups": { title: "ruleGroups", text: "ruleGroupsText", empty: "ruleGroupsEmpty", emptyText: "ruleGroupsEmptyText", create: "createRuleGroup", remove: "deleteRuleGroup" },
  "ip-sets": { title: "ipSets", text: "ipSetsText", empty: "ipSetsEmpty", emptyText: "ipSetsEmptyText", create: "createIpSet", remove: "deleteIpSet" },
  "regex-sets": { title: "regexSets", text: "regexSetsText", empty: "regexSetsEmpty", emptyText: "regexSetsEmptyText", create: "createRegexSet", remove: "deleteRegexSet" },
} as const;

export function WebAclsPage() {
  return <Entities key="web-acls" kind="web-acls" />;
}

export function RuleGroupsPage() {
  return <Entities key="rule-groups" kind="rule-groups" />;
}

export function IpSetsPage() {
  return <Entities key="ip-sets" kind="ip-sets" />;
}

export function RegexSetsPage() {
  return <Entities key="regex-sets" kind="regex-sets" />;
}

function Entities({ kind }: { kind: Kind }) {
  const t = useText(strings);
  const [given, setScope] = useQueryValue("scope", "REGIONAL");
  const scope = scopeOf(given);
  const waf = useWaf(scope);
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<Summary>();
  const [version, setVersion] = useState(0);
  const words = TEXTS[kind];
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t(words.create)}
    </Button>
  );
  const page = (one: Summary) => entityPage(kind, { Scope: scope, Name: one.Name ?? "", Id: one.Id ?? "" });
  return (
    <Page title={t(words.title)} description={t(words.text)} help={t("help")}>
      <ResourceTable<Summary>
        name={`wafv2.${kind}`}
        title={t(words.title)}
        dependencies={[waf, scope, version]}
        load={(asked) => entityPageOf(waf, kind, scope, asked)}
        id={(one) => one.ARN ?? ""}
        label={(one) => one.Name ?? ""}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (one) => one.Name,
            cell: (one) => (
              <Link to={page(one)}>
                <Name>{one.Name}</Name>
              </Link>
            ),
            minWidth: 220,
          },
          { id: "description", header: t("description"), value: (one) => one.Description, minWidth: 300 },
          { id: "arn", header: t("arn"), value: (one) => one.ARN, minWidth: 300 },
        ]}
        filters={
          <SegmentedControl
            label={t("scope")}
            selectedId={scope}
            options={[
              { id: "REGIONAL", text: t("regional") },
              { id: CLOUDFRONT, text: "CloudFront" },
            ]}
            onChange={({ detail }) => {
              setScope(detail.selectedId);
            }}
          />
        }
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen);
              }}
            >
              {t("delete")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t(words.empty), text: t(words.emptyText), action: create }}
      />
      {creating ? (
        <CreateEntity
          kind={kind}
          scope={scope}
          title={t(words.create)}
          onClose={(made) => {
            setCreating(false);
            if (made) navigate(page(made));
          }}
        />
      ) : null}
      {deleting ? (
        <DeleteEntity
          kind={kind}
          target={{ Scope: scope, Name: deleting.Name ?? "", Id: deleting.Id ?? "", LockToken: deleting.LockToken ?? "" }}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
    </Page>
  );
}

export function DeleteEntity({ kind, target, onClose }: { kind: Kind; target: Locked; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const waf = useWaf(target.Scope);
  const name = target.Name;
  return (
    <Confirm
      title={t(TEXTS[kind].remove)}
      typed={name}
      commands={[wafCommand(DELETES[kind], target, target.Scope)]}
      onConfirm={async () => {
        await deleteEntity(waf, kind, target);
        flash("success", t("deleted", { name }));
      }}
      onClose={onClose}
    >
      <bdi>{t(kind === "web-acls" ? "deleteWebAclText" : "deleteText", { name })}</bdi>
    </Confirm>
  );
}
