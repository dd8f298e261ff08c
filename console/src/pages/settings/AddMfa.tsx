// The two steps that add an authenticator app: its key as a QR code, then two codes in a row.
import { CreateVirtualMFADeviceCommand, EnableMFADeviceCommand, IAMClient, type VirtualMFADevice } from "@aws-sdk/client-iam";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Command, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

interface Properties {
  user: string;
  onClose: (done: boolean) => void;
}

export function AddMfa({ user, onClose }: Properties) {
  const [device, setDevice] = useState<VirtualMFADevice>();
  return device ? <Codes user={user} device={device} onClose={onClose} /> : <Create user={user} onMade={setDevice} onClose={onClose} />;
}

function Create({ user, onMade, onClose }: Properties & { onMade: (device: VirtualMFADevice | undefined) => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [name, setName] = useState(user);
  const input = { VirtualMFADeviceName: name };
  return (
    <FormDialog
      title={t("addMfa")}
      action={t("next")}
      ready={name !== ""}
      commands={[cli("iam", "CreateVirtualMFADevice", { ...input, Outfile: "qr.png", BootstrapMethod: "QRCodePNG" })]}
      onSubmit={async () => {
        onMade((await iam.send(new CreateVirtualMFADeviceCommand(input))).VirtualMFADevice);
      }}
      onClose={(done) => {
        if (!done) onClose(false);
      }}
    >
      <TextField label={t("deviceName")} value={name} onChange={setName} />
    </FormDialog>
  );
}

function pictureOf(png: Uint8Array | undefined): string {
  return `data:image/png;base64,${btoa(String.fromCharCode(...(png ?? [])))}`;
}

function Codes({ user, device, onClose }: Properties & { device: VirtualMFADevice }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const input = { UserName: user, SerialNumber: device.SerialNumber, AuthenticationCode1: first, AuthenticationCode2: second };
  const key = new TextDecoder().decode(device.Base32StringSeed);
  return (
    <FormDialog
      title={t("addMfa")}
      action={t("add")}
      ready={/^\d{6}$/.test(first) && /^\d{6}$/.test(second)}
      commands={[cli("iam", "EnableMFADevice", input)]}
      onSubmit={async () => {
        await iam.send(new EnableMFADeviceCommand(input));
        flash("success", t("mfaAdded"));
      }}
      onClose={onClose}
    >
      <span>{t("scan")}</span>
      <img src={pictureOf(device.QRCodePNG)} alt={t("qr")} width="200" height="200" />
      <div>
        {t("key")}
        <Command>{key}</Command>
      </div>
      <TextField label={t("code1")} description={t("codesHint")} value={first} onChange={setFirst} inputMode="numeric" autoComplete="off" />
      <TextField label={t("code2")} value={second} onChange={setSecond} inputMode="numeric" autoComplete="off" />
    </FormDialog>
  );
}
