// One's own access keys. A new secret is shown once.
import {
  type AccessKey,
  type AccessKeyMetadata,
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, Command, Confirm, ErrorAlert, flash, PlainTable, Time, useAction, useCall } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

export function AccessKeys({ user }: { user: string }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [made, setMade] = useState<AccessKey>();
  const [deleting, setDeleting] = useState<string>();
  const keys = useCall(async (abortSignal) => (await iam.send(new ListAccessKeysCommand({ UserName: user }), { abortSignal })).AccessKeyMetadata ?? [], [iam, user]);
  const create = useAction(async () => {
    setMade((await iam.send(new CreateAccessKeyCommand({ UserName: user }))).AccessKey);
    keys.reload();
  });
  const turn = useAction(async (key: AccessKeyMetadata) => {
    const Status = key.Status === "Active" ? "Inactive" : "Active";
    await iam.send(new UpdateAccessKeyCommand({ UserName: user, AccessKeyId: key.AccessKeyId, Status }));
    keys.reload();
  });
  return (
    <SpaceBetween size="s">
      <PlainTable<AccessKeyMetadata>
        title={t("keys")}
        description={t("keysText")}
        items={keys.data ?? []}
        loading={keys.loading}
        error={keys.error}
        onReload={keys.reload}
        id={(key) => key.AccessKeyId ?? ""}
        actions={
          <Button loading={create.busy} onClick={() => void create.run()}>
            {t("createKey")}
          </Button>
        }
        columns={[
          { id: "id", header: t("keyId"), cell: (key) => <code>{key.AccessKeyId}</code> },
          {
            id: "status",
            header: t("status"),
            cell: (key) => <StatusIndicator type={key.Status === "Active" ? "success" : "stopped"}>{t(key.Status === "Active" ? "active" : "inactive")}</StatusIndicator>,
          },
          { id: "created", header: t("created"), cell: (key) => <Time at={key.CreateDate} /> },
          {
            id: "turn",
            header: t("keys"),
            cell: (key) => (
              <SpaceBetween direction="horizontal" size="s">
                <Button variant="inline-link" ariaLabel={`${t(key.Status === "Active" ? "deactivate" : "activate")}: ${key.AccessKeyId ?? ""}`} onClick={() => void turn.run(key)}>
                  {t(key.Status === "Active" ? "deactivate" : "activate")}
                </Button>
                <Button
                  variant="inline-link"
                  ariaLabel={`${t("delete")}: ${key.AccessKeyId ?? ""}`}
                  onClick={() => {
                    setDeleting(key.AccessKeyId);
                  }}
                >
                  {t("delete")}
                </Button>
              </SpaceBetween>
            ),
          },
        ]}
        empty={{ title: t("noKeys"), text: t("noKeysText") }}
      />
      <ErrorAlert error={create.error ?? turn.error} />
      {made ? (
        <Alert
          type="success"
          header={t("keyMade")}
          dismissible
          dismissAriaLabel={t("done")}
          onDismiss={() => {
            setMade(undefined);
          }}
        >
          <p>{t("keyOnce")}</p>
          {t("keyId")}
          <Command>{made.AccessKeyId ?? ""}</Command>
          {t("secret")}
          <Command>{made.SecretAccessKey ?? ""}</Command>
        </Alert>
      ) : null}
      <CliPanel commands={[cli("iam", "CreateAccessKey", { UserName: user })]} />
      {deleting ? (
        <Confirm
          title={t("deleteKey")}
          typed={deleting}
          commands={[cli("iam", "DeleteAccessKey", { UserName: user, AccessKeyId: deleting })]}
          onConfirm={async () => {
            await iam.send(new DeleteAccessKeyCommand({ UserName: user, AccessKeyId: deleting }));
            flash("success", t("keyDeleted"));
          }}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) keys.reload();
          }}
        >
          {t("deleteKeyText", { id: deleting })}
        </Confirm>
      ) : null}
    </SpaceBetween>
  );
}
