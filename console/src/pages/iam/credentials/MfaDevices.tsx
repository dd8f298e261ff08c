// A user's MFA devices.
import { IAMClient, ListMFADevicesCommand, type MFADevice } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, flash, ResourceTable, useCall } from "@/kit";
import { useClient } from "@/session";
import { commandsOf, makeChanges } from "../changes";
import { everyPage } from "../holders";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { removeMfa } from "../users/deletion";
import { EnrolMfa } from "./EnrolMfa";
import { ResyncMfa } from "./ResyncMfa";

export function MfaDevices({ user }: { user: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [open, setOpen] = useState<"enrol" | "remove" | "resync">();
  const [device, setDevice] = useState("");
  const devices = useCall(
    (abortSignal) => everyPage((Marker) => iam.send(new ListMFADevicesCommand({ UserName: user, Marker }), { abortSignal }), (answer) => answer.MFADevices),
    [iam, user],
  );
  const close = (done: boolean) => {
    setOpen(undefined);
    if (done) devices.reload();
  };
  const ask = (kind: "remove" | "resync", serial: string | undefined) => {
    setDevice(serial ?? "");
    setOpen(kind);
  };
  const enrol = (
    <Button
      onClick={() => {
        setOpen("enrol");
      }}
    >
      {t("assignMfa")}
    </Button>
  );
  return (
    <>
      <ResourceTable<MFADevice>
        plain
        name="iam.mfa"
        title={t("mfa")}
        description={t("mfaText")}
        items={devices.data ?? []}
        loading={devices.loading}
        error={devices.error}
        onReload={devices.reload}
        id={(one) => one.SerialNumber ?? ""}
        selection="single"
        columns={[
          { id: "serial", header: t("serial"), value: (one) => one.SerialNumber },
          { id: "enabled", header: t("enabledAt"), value: (one) => one.EnableDate },
        ]}
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                ask("resync", chosen?.SerialNumber);
              }}
            >
              {t("resync")}
            </Button>
            <Button
              disabled={!chosen}
              onClick={() => {
                ask("remove", chosen?.SerialNumber);
              }}
            >
              {c("remove")}
            </Button>
            {enrol}
          </>
        )}
        empty={{ title: t("mfaEmpty"), text: t("mfaEmptyText"), action: enrol }}
      />
      {open === "enrol" ? <EnrolMfa user={user} onClose={close} /> : null}
      {open === "resync" ? <ResyncMfa user={user} device={device} onClose={close} /> : null}
      {open === "remove" ? (
        <Confirm
          title={t("removeMfa")}
          action={t("removeMfa")}
          commands={commandsOf(removeMfa(user, device))}
          onConfirm={async () => {
            await makeChanges(iam, removeMfa(user, device));
            flash("success", c("saved"));
          }}
          onClose={close}
        >
          <bdi>{t("removeMfaText", { user })}</bdi>
        </Confirm>
      ) : null}
    </>
  );
}
