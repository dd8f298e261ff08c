// One's own password.
import { ChangePasswordCommand, IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, flash, TextField, useAction } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

export function Password() {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const input = { OldPassword: old, NewPassword: fresh };
  const change = useAction(async () => {
    await iam.send(new ChangePasswordCommand(input));
    flash("success", t("passwordChanged"));
    setOld("");
    setFresh("");
    setAgain("");
  });
  const differ = again !== "" && again !== fresh;
  const ready = old !== "" && fresh !== "" && again === fresh;
  return (
    <Container header={<Header description={t("passwordText")}>{t("password")}</Header>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void change.run();
        }}
      >
        <SpaceBetween size="m">
          <ColumnLayout columns={3}>
            <TextField label={t("oldPassword")} type="password" autoComplete="current-password" value={old} onChange={setOld} />
            <TextField label={t("newPassword")} type="password" autoComplete="new-password" value={fresh} onChange={setFresh} />
            <TextField
              label={t("repeat")}
              type="password"
              autoComplete="new-password"
              value={again}
              onChange={setAgain}
              {...(differ ? { error: t("differ") } : {})}
            />
          </ColumnLayout>
          <Button formAction="submit" disabled={!ready} loading={change.busy}>
            {t("changePassword")}
          </Button>
          <CliPanel commands={[cli("iam", "ChangePassword", input)]} />
          <ErrorAlert error={change.error} />
        </SpaceBetween>
      </form>
    </Container>
  );
}
