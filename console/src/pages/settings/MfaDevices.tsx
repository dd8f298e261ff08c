// One's own MFA devices.
import { DeactivateMFADeviceCommand, DeleteVirtualMFADeviceCommand, IAMClient, ListMFADevicesCommand, type MFADevice } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, flash, Name, PlainTable, Time, useCall } from "@/kit";
import { useClient } from "@/session";
import { AddMfa } from "./AddMfa";
import { strings } from "./strings";

export function MfaDevices({ user }: { user: string }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<MFADevice>();
  const devices = useCall(async (abortSignal) => (await iam.send(new ListMFADevicesCommand({ UserName: user }), { abortSignal })).MFADevices ?? [], [iam, user]);
  return (
    <>
      <PlainTable<MFADevice>
        title={t("mfa")}
        description={t("mfaText")}
        items={devices.data ?? []}
        loading={devices.loading}
        error={devices.error}
        onReload={devices.reload}
        id={(device) => device.SerialNumber ?? ""}
        actions={
          <Button
            onClick={() => {
              setAdding(true);
            }}
          >
            {t("addMfa")}
          </Button>
        }
        columns={[
          { id: "serial", header: t("serial"), cell: (device) => <Name>{device.SerialNumber}</Name> },
          { id: "enabled", header: t("enabled"), cell: (device) => <Time at={device.EnableDate} /> },
          {
            id: "remove",
            header: t("remove"),
            cell: (device) => (
              <Button
                variant="inline-link"
                ariaLabel={`${t("remove")}: ${device.SerialNumber ?? ""}`}
                onClick={() => {
                  setRemoving(device);
                }}
              >
                {t("remove")}
              </Button>
            ),
          },
        ]}
        empty={{ title: t("noMfa"), text: t("noMfaText") }}
      />
      {adding ? (
        <AddMfa
          user={user}
          onClose={(done) => {
            setAdding(false);
            if (done) devices.reload();
          }}
        />
      ) : null}
      {removing ? (
        <RemoveMfa
          user={user}
          serial={removing.SerialNumber ?? ""}
          onClose={(done) => {
            setRemoving(undefined);
            if (done) devices.reload();
          }}
        />
      ) : null}
    </>
  );
}

function RemoveMfa({ user, serial, onClose }: { user: string; serial: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const input = { UserName: user, SerialNumber: serial };
  return (
    <Confirm
      title={t("removeMfa")}
      action={t("remove")}
      commands={[cli("iam", "DeactivateMFADevice", input), cli("iam", "DeleteVirtualMFADevice", { SerialNumber: serial })]}
      onConfirm={async () => {
        await iam.send(new DeactivateMFADeviceCommand(input));
        await iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber: serial }));
        flash("success", t("mfaRemoved"));
      }}
      onClose={onClose}
    >
      <bdi>{t("removeMfaText", { name: serial })}</bdi>
    </Confirm>
  );
}
