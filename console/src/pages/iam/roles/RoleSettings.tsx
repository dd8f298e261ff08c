// A role's description and how long its sessions last at most.
import { IAMClient, type Role, UpdateRoleCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, flash, TextField, useAction } from "@/kit";
import { useClient } from "@/session";
import { common } from "../strings/common";
import { strings } from "../strings/roles";

export function RoleSettings({ role, onSaved }: { role: Role; onSaved: () => void }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [description, setDescription] = useState(role.Description ?? "");
  const [duration, setDuration] = useState(String(role.MaxSessionDuration ?? 3600));
  const input = { RoleName: role.RoleName, Description: description, MaxSessionDuration: Number(duration) };
  const isSame = description === (role.Description ?? "") && duration === String(role.MaxSessionDuration ?? 3600);
  const save = useAction(async () => {
    await iam.send(new UpdateRoleCommand(input));
    flash("success", c("saved"));
    onSaved();
  });
  return (
    <Container header={<Header>{t("settings")}</Header>}>
      <SpaceBetween size="m">
        <TextField label={c("description")} value={description} onChange={setDescription} />
        <TextField label={t("duration")} description={t("durationHint")} inputMode="numeric" value={duration} onChange={setDuration} />
        <Button variant="primary" disabled={isSame || !/^\d+$/.test(duration)} loading={save.busy} onClick={() => void save.run()}>
          {c("save")}
        </Button>
        {isSame ? null : <CliPanel commands={[cli("iam", "UpdateRole", input)]} />}
        <ErrorAlert error={save.error} />
      </SpaceBetween>
    </Container>
  );
}
