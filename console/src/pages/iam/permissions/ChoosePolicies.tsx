// The dialog that has somebody choose managed policies.
import { IAMClient, ListPoliciesCommand, type Policy, type PolicyScopeType } from "@aws-sdk/client-iam";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useState } from "react";
import { useText } from "@/i18n";
import { FormDialog, Name, ResourceTable } from "@/kit";
import { useClient } from "@/session";
import { common } from "../strings/common";
import { strings } from "../strings/policies";
import { isAws } from "../names";

const SCOPES = { All: "scopeAll", Local: "scopeLocal", AWS: "scopeAws" } as const;

interface Properties {
  title: string;
  text: string;
  action: string;
  most: "single" | "multi";
  /** The ARNs of policies that are not offered. */
  without?: string[];
  commands: (arns: string[]) => string[];
  onChoose: (arns: string[]) => Promise<unknown>;
  onClose: (done: boolean) => void;
}

export function ChoosePolicies({ title, text, action, most, without = [], commands, onChoose, onClose }: Properties) {
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <FormDialog
      size="large"
      title={title}
      action={action}
      ready={chosen.length > 0}
      commands={chosen.length > 0 ? commands(chosen) : []}
      onSubmit={() => onChoose(chosen)}
      onClose={onClose}
    >
      <bdi>{text}</bdi>
      <PolicyTable most={most} without={without} onChoose={setChosen} />
    </FormDialog>
  );
}

export function PolicyTable({ most, without = [], onChoose }: { most: "single" | "multi"; without?: string[]; onChoose: (arns: string[]) => void }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [scope, setScope] = useState("All");
  return (
    <ResourceTable<Policy>
      name="iam.choose-policies"
      filterKey="policy"
      variant="borderless"
      heading="h3"
      title={t("policies")}
      dependencies={[iam, scope]}
      load={async ({ token, signal }) => {
        const answer = await iam.send(new ListPoliciesCommand({ Scope: scope as PolicyScopeType, Marker: token, MaxItems: 1000 }), { abortSignal: signal });
        return { items: (answer.Policies ?? []).filter(({ Arn = "" }) => !without.includes(Arn)), next: answer.Marker };
      }}
      filters={
        <SegmentedControl
          label={t("scope")}
          selectedId={scope}
          options={Object.entries(SCOPES).map(([id, word]) => ({ id, text: t(word) }))}
          onChange={({ detail }) => {
            setScope(detail.selectedId);
          }}
        />
      }
      id={(policy) => policy.Arn ?? ""}
      label={(policy) => policy.PolicyName ?? ""}
      selection={most}
      onSelect={(policies) => {
        onChoose(policies.map(({ Arn = "" }) => Arn));
      }}
      columns={[
        { id: "name", header: c("name"), value: (policy) => policy.PolicyName, cell: (policy) => <Name>{policy.PolicyName}</Name>, width: 300 },
        { id: "kind", header: t("kind"), value: (policy) => t(isAws(policy.Arn) ? "kindAws" : "kindCustomer") },
        { id: "attachments", header: t("attachments"), value: (policy) => policy.AttachmentCount },
      ]}
      empty={{ title: t("policiesEmpty"), text: t("policiesEmptyText") }}
    />
  );
}
