// A user's access keys: when they were last used, and where.
import { type AccessKeyLastUsed, type AccessKeyMetadata, GetAccessKeyLastUsedCommand, IAMClient, ListAccessKeysCommand, UpdateAccessKeyCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, ErrorAlert, flash, Name, ResourceTable, Time, useAction, useCall } from "@/kit";
import { useClient } from "@/session";
import { type Change, change } from "../changes";
import { everyPage } from "../holders";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { deleteKey } from "../users/deletion";
import { CreateAccessKey } from "./CreateAccessKey";

interface Key extends AccessKeyMetadata {
  used?: AccessKeyLastUsed | undefined;
}

function setStatus(UserName: string, AccessKeyId: string, Status: "Active" | "Inactive"): Change {
  const input = { UserName, AccessKeyId, Status };
  return change("UpdateAccessKey", input, (iam) => iam.send(new UpdateAccessKeyCommand(input)));
}

async function listKeys(iam: IAMClient, UserName: string, abortSignal: AbortSignal): Promise<Key[]> {
  const keys = await everyPage((Marker) => iam.send(new ListAccessKeysCommand({ UserName, Marker }), { abortSignal }), (answer) => answer.AccessKeyMetadata);
  // Whoever may list keys but not ask when they were used sees the list all the same.
  const lastUsed = async (AccessKeyId = "") => (await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }), { abortSignal })).AccessKeyLastUsed;
  return Promise.all(keys.map(async (key) => ({ ...key, used: await lastUsed(key.AccessKeyId).catch(() => undefined) })));
}

export function AccessKeys({ user }: { user: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [creating, setCreating] = useState(false);
  const [asked, setAsked] = useState<"deactivate" | "deleteKey">();
  const [chosen, setChosen] = useState<Key>();
  const keys = useCall((signal) => listKeys(iam, user, signal), [iam, user]);
  const key = chosen?.AccessKeyId ?? "";
  const activate = useAction(async () => {
    await setStatus(user, key, "Active").send(iam);
    keys.reload();
  });
  const changes: Record<"deactivate" | "deleteKey", Change> = { deactivate: setStatus(user, key, "Inactive"), deleteKey: deleteKey(user, key) };
  const create = (
    <Button
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createKey")}
    </Button>
  );
  const buttons = ([selected]: Key[]) => {
    const current = keys.data?.find((one) => one.AccessKeyId === selected?.AccessKeyId);
    const isActive = current?.Status === "Active";
    return (
      <>
        <Button
          disabled={!current}
          loading={activate.busy}
          onClick={() => {
            if (isActive) setAsked("deactivate");
            else void activate.run();
          }}
        >
          {t(!current || isActive ? "deactivate" : "activate")}
        </Button>
        <Button
          disabled={!current}
          onClick={() => {
            setAsked("deleteKey");
          }}
        >
          {c("delete")}
        </Button>
        {create}
      </>
    );
  };
  return (
    <>
      <ErrorAlert error={activate.error} />
      <ResourceTable<Key>
        plain
        name="iam.keys"
        title={t("keys")}
        description={t("keysText")}
        items={keys.data ?? []}
        loading={keys.loading}
        error={keys.error}
        onReload={keys.reload}
        id={(one) => one.AccessKeyId ?? ""}
        selection="single"
        onSelect={([one]) => {
          setChosen(one);
        }}
        columns={[
          { id: "id", header: t("keyId"), value: (one) => one.AccessKeyId },
          {
            id: "status",
            header: c("status"),
            cell: (one) => <StatusIndicator type={one.Status === "Active" ? "success" : "stopped"}>{c(one.Status === "Active" ? "active" : "inactive")}</StatusIndicator>,
          },
          { id: "created", header: c("created"), value: (one) => one.CreateDate },
          { id: "used", header: c("lastUsed"), cell: (one) => (one.used?.LastUsedDate ? <Time ago at={one.used.LastUsedDate} /> : c("never")) },
          { id: "service", header: t("usedFor"), cell: (one) => <Name>{usedIn(one.used)}</Name> },
        ]}
        actions={buttons}
        empty={{ title: t("keysEmpty"), text: t("keysEmptyText"), action: create }}
      />
      {creating ? (
        <CreateAccessKey
          user={user}
          onClose={(done) => {
            setCreating(false);
            if (done) keys.reload();
          }}
        />
      ) : null}
      {asked ? (
        <Confirm
          title={t(asked)}
          action={t(asked)}
          {...(asked === "deleteKey" ? { typed: key } : {})}
          commands={[changes[asked].command]}
          onConfirm={async () => {
            await changes[asked].send(iam);
            flash("success", t("keyChanged"));
          }}
          onClose={(done) => {
            setAsked(undefined);
            if (done) keys.reload();
          }}
        >
          {t(asked === "deleteKey" ? "deleteKeyText" : "deactivateText", { key })}
        </Confirm>
      ) : null}
    </>
  );
}

function usedIn(used: AccessKeyLastUsed | undefined): string | undefined {
  return used?.LastUsedDate ? `${used.ServiceName ?? ""} (${used.Region ?? ""})` : undefined;
}
