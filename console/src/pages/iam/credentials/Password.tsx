// A user's password for the console.
import { CreateLoginProfileCommand, DeleteLoginProfileCommand, IAMClient, UpdateLoginProfileCommand } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, ErrorAlert, flash, FormDialog, TextField, Time, useCall } from "@/kit";
import { useClient } from "@/session";
import { change } from "../changes";
import { strings } from "../strings/people";
import { hasPassword } from "../users/deletion";

export function Password({ user }: { user: string }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [open, setOpen] = useState<"set" | "remove">();
  const since = useCall(async (signal) => (await hasPassword(iam, user, signal)) ?? null, [iam, user]);
  const input = { UserName: user };
  const remove = change("DeleteLoginProfile", input, (client) => client.send(new DeleteLoginProfileCommand(input)));
  const close = (done: boolean) => {
    setOpen(undefined);
    if (done) since.reload();
  };
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        disabled={!since.data}
        onClick={() => {
          setOpen("remove");
        }}
      >
        {t("removePassword")}
      </Button>
      <Button
        disabled={since.data === undefined}
        onClick={() => {
          setOpen("set");
        }}
      >
        {t(since.data ? "changePassword" : "setPassword")}
      </Button>
    </SpaceBetween>
  );
  return (
    <Container
      header={
        <Header description={t("passwordText")} actions={actions}>
          {t("password")}
        </Header>
      }
    >
      <ErrorAlert error={since.error} onRetry={since.reload} />
      {since.data ? (
        <div>
          {t("passwordSet")} {t("passwordSince")}: <Time at={since.data} />
        </div>
      ) : null}
      {since.data === null ? <Box color="text-body-secondary">{t("passwordNone")}</Box> : null}
      {open === "set" ? <SetPassword user={user} isNew={since.data === null} onClose={close} /> : null}
      {open === "remove" ? (
        <Confirm title={t("removePassword")} action={t("removePassword")} commands={[remove.command]} onConfirm={() => remove.send(iam)} onClose={close}>
          <bdi>{t("removePasswordText", { name: user })}</bdi>
        </Confirm>
      ) : null}
    </Container>
  );
}

function SetPassword({ user, isNew, onClose }: { user: string; isNew: boolean; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [password, setPassword] = useState("");
  const [reset, setReset] = useState(true);
  const input = { UserName: user, Password: password, PasswordResetRequired: reset };
  const set = isNew
    ? change("CreateLoginProfile", input, (client) => client.send(new CreateLoginProfileCommand(input)))
    : change("UpdateLoginProfile", input, (client) => client.send(new UpdateLoginProfileCommand(input)));
  return (
    <FormDialog
      title={t(isNew ? "setPassword" : "changePassword")}
      action={t(isNew ? "setPassword" : "changePassword")}
      ready={password !== ""}
      commands={[set.command]}
      onSubmit={async () => {
        await set.send(iam);
        flash("success", t("passwordSaved"));
      }}
      onClose={onClose}
    >
      <TextField label={t("newPassword")} type="password" autoComplete="new-password" value={password} onChange={setPassword} autoFocus />
      <Checkbox
        checked={reset}
        onChange={({ detail }) => {
          setReset(detail.checked);
        }}
      >
        {t("resetRequired")}
      </Checkbox>
    </FormDialog>
  );
}
