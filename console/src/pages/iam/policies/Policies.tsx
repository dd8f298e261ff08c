// The list of managed policies.
import { IAMClient, ListPoliciesCommand, type Policy, type PolicyScopeType } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable } from "@/kit";
import { Link, navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { isAws, policyPage } from "../names";
import { PathFilter, usePathPrefix } from "../PathFilter";
import { common } from "../strings/common";
import { strings } from "../strings/policies";
import { DeletePolicy } from "./DeletePolicy";

const SCOPES = { Local: "scopeLocal", AWS: "scopeAws", All: "scopeAll" } as const;

export function PoliciesPage() {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [scope, setScope] = useQueryValue("scope", "Local");
  const [deleting, setDeleting] = useState<Policy>();
  const [version, setVersion] = useState(0);
  const path = usePathPrefix();
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        navigate(to("iam", "policies", "new"));
      }}
    >
      {t("createPolicy")}
    </Button>
  );
  return (
    <Page title={t("policies")} description={t("policiesText")} help={t("policiesHelp")}>
      <ResourceTable<Policy>
        name="iam.policies"
        title={t("policies")}
        dependencies={[iam, scope, path, version]}
        load={async ({ token, signal }) => {
          const answer = await iam.send(new ListPoliciesCommand({ Scope: scope as PolicyScopeType, PathPrefix: path, Marker: token }), { abortSignal: signal });
          return { items: answer.Policies ?? [], next: answer.Marker };
        }}
        filters={
          <SpaceBetween direction="horizontal" size="s">
            <SegmentedControl
              label={t("scope")}
              selectedId={scope}
              options={Object.entries(SCOPES).map(([id, word]) => ({ id, text: t(word) }))}
              onChange={({ detail }) => {
                setScope(detail.selectedId);
              }}
            />
            <PathFilter />
          </SpaceBetween>
        }
        id={(policy) => policy.Arn ?? ""}
        label={(policy) => policy.PolicyName ?? ""}
        columns={[
          {
            id: "name",
            header: t("policyName"),
            value: (policy) => policy.PolicyName,
            cell: (policy) => (
              <Link to={policyPage(policy.Arn ?? "")}>
                <Name>{policy.PolicyName}</Name>
              </Link>
            ),
            width: 320,
          },
          { id: "attachments", header: t("attachments"), value: (policy) => policy.AttachmentCount },
          { id: "boundaries", header: t("usedBoundary"), value: (policy) => policy.PermissionsBoundaryUsageCount, hidden: true },
          { id: "kind", header: t("kind"), value: (policy) => t(isAws(policy.Arn) ? "kindAws" : "kindCustomer") },
          { id: "path", header: c("path"), value: (policy) => policy.Path, hidden: true },
          { id: "version", header: t("defaultVersion"), value: (policy) => policy.DefaultVersionId, hidden: true },
          { id: "created", header: c("created"), value: (policy) => policy.CreateDate, hidden: true },
          { id: "updated", header: c("updated"), value: (policy) => policy.UpdateDate },
          { id: "arn", header: c("arn"), value: (policy) => policy.Arn, hidden: true },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen || isAws(chosen.Arn)}
              onClick={() => {
                setDeleting(chosen);
              }}
            >
              {c("delete")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("policiesEmpty"), text: t("policiesEmptyText"), action: create }}
      />
      {deleting?.Arn ? (
        <DeletePolicy
          arn={deleting.Arn}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
    </Page>
  );
}
