// How a key rotates, and when it did.
import {
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  type KeyMetadata,
  KMSClient,
  ListKeyRotationsCommand,
  RotateKeyOnDemandCommand,
  type RotationsListEntry,
} from "@aws-sdk/client-kms";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, ErrorAlert, flash, FormDialog, ResourceTable, TextField, Time, useCall } from "@/kit";
import { useClient } from "@/session";
import { change } from "./changes";
import { strings } from "./strings";

export function Rotation({ facts }: { facts: KeyMetadata }) {
  const t = useText(strings);
  const isRotating = facts.KeySpec === "SYMMETRIC_DEFAULT" && facts.Origin === "AWS_KMS";
  if (!isRotating) return <Container header={<Header>{t("rotation")}</Header>}>{t("rotationNever")}</Container>;
  return <Rotating id={facts.KeyId ?? ""} />;
}

function Rotating({ id }: { id: string }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [open, setOpen] = useState<"enable" | "disable" | "now">();
  const [version, setVersion] = useState(0);
  const input = { KeyId: id };
  const status = useCall((abortSignal) => kms.send(new GetKeyRotationStatusCommand(input), { abortSignal }), [kms, id, version]);
  const disable = change("DisableKeyRotation", input, (client) => client.send(new DisableKeyRotationCommand(input)));
  const now = change("RotateKeyOnDemand", input, (client) => client.send(new RotateKeyOnDemandCommand(input)));
  const close = (done: boolean) => {
    setOpen(undefined);
    if (done) setVersion(version + 1);
  };
  const isOn = status.data?.KeyRotationEnabled === true;
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        onClick={() => {
          setOpen("now");
        }}
      >
        {t("rotateNow")}
      </Button>
      <Button
        disabled={!status.data}
        onClick={() => {
          setOpen(isOn ? "disable" : "enable");
        }}
      >
        {t(isOn ? "disableRotation" : "enableRotation")}
      </Button>
    </SpaceBetween>
  );
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header description={t("rotationText")} actions={actions}>
            {t("rotation")}
          </Header>
        }
      >
        <ErrorAlert error={status.error} onRetry={status.reload} />
        {isOn ? (
          <div>
            {t("rotationOn", { days: status.data?.RotationPeriodInDays ?? 365 })} <Time at={status.data?.NextRotationDate} />
          </div>
        ) : null}
        {status.data && !isOn ? <Box color="text-body-secondary">{t("rotationOff")}</Box> : null}
      </Container>
      <ResourceTable<RotationsListEntry>
        name="kms.rotations"
        filterKey="rotations"
        title={t("rotations")}
        dependencies={[kms, id, version]}
        load={async ({ token, signal }) => {
          const answer = await kms.send(new ListKeyRotationsCommand({ KeyId: id, Marker: token }), { abortSignal: signal });
          return { items: answer.Rotations ?? [], next: answer.Truncated ? answer.NextMarker : undefined };
        }}
        id={(one) => String(one.RotationDate?.getTime())}
        columns={[
          { id: "date", header: t("rotationDate"), value: (one) => one.RotationDate },
          { id: "kind", header: t("rotationKind"), value: (one) => (one.RotationType ? t(one.RotationType) : undefined) },
        ]}
        empty={{ title: t("rotationsEmpty"), text: t("rotationsEmptyText") }}
      />
      {open === "enable" ? <EnableRotation id={id} onClose={close} /> : null}
      {open === "disable" ? (
        <Confirm title={t("disableRotation")} action={t("disableRotation")} commands={[disable.command]} onConfirm={() => disable.send(kms)} onClose={close}>
          {t("disableRotationText")}
        </Confirm>
      ) : null}
      {open === "now" ? (
        <Confirm title={t("rotateNow")} action={t("rotateNow")} commands={[now.command]} onConfirm={() => now.send(kms)} onClose={close}>
          {t("rotateNowText")}
        </Confirm>
      ) : null}
    </SpaceBetween>
  );
}

function EnableRotation({ id, onClose }: { id: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [days, setDays] = useState("365");
  const input = { KeyId: id, RotationPeriodInDays: Number(days) };
  return (
    <FormDialog
      title={t("enableRotation")}
      action={t("enableRotation")}
      ready={/^\d+$/.test(days)}
      commands={[cli("kms", "EnableKeyRotation", input)]}
      onSubmit={async () => {
        await kms.send(new EnableKeyRotationCommand(input));
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <TextField label={t("period")} description={t("periodHint")} inputMode="numeric" value={days} onChange={setDays} autoFocus />
    </FormDialog>
  );
}
