// The managed policies that are attached to a user, group or role.
import { type AttachedPolicy, IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, flash, Name, ResourceTable, useCall } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { commandsOf, makeChanges } from "../changes";
import { attach, detach, type Holder, listAttached } from "../holders";
import { policyPage } from "../names";
import { common } from "../strings/common";
import { ChoosePolicies } from "./ChoosePolicies";

export function AttachedPolicies({ holder }: { holder: Holder }) {
  const t = useText(common);
  const iam = useClient(IAMClient);
  const [attaching, setAttaching] = useState(false);
  const [leaving, setLeaving] = useState<AttachedPolicy>();
  const attached = useCall((signal) => listAttached(iam, holder, signal), [iam, holder.kind, holder.name]);
  const add = (
    <Button
      onClick={() => {
        setAttaching(true);
      }}
    >
      {t("attachPolicies")}
    </Button>
  );
  return (
    <>
      <ResourceTable<AttachedPolicy>
        plain
        name="iam.attached"
        title={t("attachedPolicies")}
        description={t("attachedText")}
        items={attached.data ?? []}
        loading={attached.loading}
        error={attached.error}
        onReload={attached.reload}
        id={(policy) => policy.PolicyArn ?? ""}
        label={(policy) => policy.PolicyName ?? ""}
        selection="single"
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (policy) => policy.PolicyName,
            cell: (policy) => (
              <Link to={policyPage(policy.PolicyArn ?? "")}>
                <Name>{policy.PolicyName}</Name>
              </Link>
            ),
          },
          { id: "arn", header: t("arn"), value: (policy) => policy.PolicyArn },
        ]}
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setLeaving(chosen);
              }}
            >
              {t("detach")}
            </Button>
            {add}
          </>
        )}
        empty={{ title: t("attachedEmpty"), text: t("attachedEmptyText"), action: add }}
      />
      {attaching ? (
        <ChoosePolicies
          title={t("attachPolicies")}
          text={t("attachPoliciesText", { name: holder.name })}
          action={t("attach")}
          most="multi"
          without={(attached.data ?? []).map((policy) => policy.PolicyArn ?? "")}
          commands={(arns) => commandsOf(arns.map((arn) => attach(holder, arn)))}
          onChoose={async (arns) => {
            await makeChanges(
              iam,
              arns.map((arn) => attach(holder, arn)),
            );
            flash("success", t("attached", { count: arns.length }));
          }}
          onClose={(done) => {
            setAttaching(false);
            if (done) attached.reload();
          }}
        />
      ) : null}
      {leaving?.PolicyArn ? (
        <Confirm
          title={t("detach")}
          action={t("detach")}
          commands={[detach(holder, leaving.PolicyArn).command]}
          onConfirm={() => detach(holder, leaving.PolicyArn ?? "").send(iam)}
          onClose={(done) => {
            setLeaving(undefined);
            if (done) attached.reload();
          }}
        >
          <bdi>{t("detachText", { name: holder.name, policy: leaving.PolicyName ?? "" })}</bdi>
        </Confirm>
      ) : null}
    </>
  );
}
