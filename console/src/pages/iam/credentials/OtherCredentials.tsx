// Credentials besides password and access keys.
import { IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, ResourceTable, useCall } from "@/kit";
import { useClient } from "@/session";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { deleteOther, type OtherCredential, otherCredentials } from "../users/deletion";

export function OtherCredentials({ user }: { user: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [deleting, setDeleting] = useState<OtherCredential>();
  const others = useCall((signal) => otherCredentials(iam, user, signal), [iam, user]);
  return (
    <>
      <ResourceTable<OtherCredential>
        plain
        name="iam.others"
        title={t("others")}
        description={t("othersText")}
        items={others.data ?? []}
        loading={others.loading}
        error={others.error}
        onReload={others.reload}
        id={(one) => one.id}
        selection="single"
        columns={[
          { id: "id", header: t("id"), value: (one) => one.id },
          { id: "kind", header: t("credentialKind"), value: (one) => t(one.kind) },
          { id: "status", header: c("status"), value: (one) => c(one.status === "Active" ? "active" : "inactive") },
          { id: "created", header: c("created"), value: (one) => one.created },
        ]}
        actions={([chosen]) => (
          <Button
            disabled={!chosen}
            onClick={() => {
              setDeleting(chosen);
            }}
          >
            {c("delete")}
          </Button>
        )}
        empty={{ title: t("othersEmpty"), text: t("othersEmptyText") }}
      />
      {deleting ? (
        <Confirm
          title={c("delete")}
          commands={[deleteOther(user, deleting).command]}
          onConfirm={() => deleteOther(user, deleting).send(iam)}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) others.reload();
          }}
        >
          {t("deleteCredentialText", { id: deleting.id })}
        </Confirm>
      ) : null}
    </>
  );
}
