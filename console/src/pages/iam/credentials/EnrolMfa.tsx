// Enrolling an authenticator app: a device is made, its QR code scanned, and two codes in a row enable it.
import { CreateVirtualMFADeviceCommand, DeleteVirtualMFADeviceCommand, EnableMFADeviceCommand, IAMClient, type VirtualMFADevice } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Command, flash, FormDialog, KeyValues, TextField } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings/people";
import { Codes, isCode } from "./Codes";
import "../iam.css";

interface Properties {
  user: string;
  onClose: (done: boolean) => void;
}

export function EnrolMfa({ user, onClose }: Properties) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [name, setName] = useState(user);
  const [device, setDevice] = useState<VirtualMFADevice>();
  const input = { VirtualMFADeviceName: name };
  if (device)
    return (
      <Enable
        user={user}
        name={name}
        device={device}
        onClose={(done) => {
          const SerialNumber = device.SerialNumber;
          if (!done) void iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber })).catch(() => undefined); // nobody knows its seed
          onClose(done);
        }}
      />
    );
  return (
    <FormDialog
      title={t("assignMfa")}
      action={t("next")}
      ready={name !== ""}
      commands={[`${cli("iam", "CreateVirtualMFADevice", input)} --bootstrap-method QRCodePNG --outfile mfa.png`]}
      onSubmit={async () => {
        setDevice((await iam.send(new CreateVirtualMFADeviceCommand(input))).VirtualMFADevice);
      }}
      onClose={(done) => {
        if (!done) onClose(false);
      }}
    >
      <TextField label={t("deviceName")} description={t("deviceNameHint")} value={name} onChange={setName} autoFocus />
    </FormDialog>
  );
}

function Enable({ user, name, device, onClose }: Properties & { name: string; device: VirtualMFADevice }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [codes, setCodes] = useState<[string, string]>(["", ""]);
  const [AuthenticationCode1, AuthenticationCode2] = codes;
  const input = { UserName: user, SerialNumber: device.SerialNumber, AuthenticationCode1, AuthenticationCode2 };
  return (
    <FormDialog
      title={t("assignMfa")}
      action={t("enable")}
      ready={codes.every(isCode)}
      commands={[cli("iam", "EnableMFADevice", input)]}
      onSubmit={async () => {
        await iam.send(new EnableMFADeviceCommand(input));
        flash("success", t("enabledMfa"));
      }}
      onClose={onClose}
    >
      <div>{t("scan")}</div>
      <Box textAlign="center">
        <img src={pictureOf(device.QRCodePNG)} alt={t("qr", { name })} className="g-iam-qr" />
      </Box>
      <KeyValues columns={1} facts={[[t("seed"), <Command key="seed">{new TextDecoder().decode(device.Base32StringSeed)}</Command>]]} />
      <div>{t("twoCodes")}</div>
      <Codes codes={codes} onChange={setCodes} />
    </FormDialog>
  );
}

/** The server's own PNG, as an address that needs no request. */
function pictureOf(png: Uint8Array | undefined): string {
  return `data:image/png;base64,${btoa(String.fromCharCode(...(png ?? [])))}`;
}
