// A role's description and how long its sessions last at most.
import { IAMClient, type Role, UpdateRoleCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, flash, TextField, useAction } from "@/kit";
import { useClient } from "@/session";
import { common } from "../strings/common";
import { strings } from "../strings/roles";
import { durationText } from "./duration";

const HOUR = 3600;
/** Seconds; a role may have others by the API. */
const OFFERED = [1, 2, 4, 8, 12].map((hours) => hours * HOUR);

function optionOf(seconds: number): { value: string; label: string } {
  return { value: String(seconds), label: durationText(seconds) };
}

export function RoleSettings({ role, onSaved }: { role: Role; onSaved: () => void }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [description, setDescription] = useState(role.Description ?? "");
  const [duration, setDuration] = useState(role.MaxSessionDuration ?? HOUR);
  const input = { RoleName: role.RoleName, Description: description, MaxSessionDuration: duration };
  const isSame = description === (role.Description ?? "") && duration === (role.MaxSessionDuration ?? HOUR);
  const save = useAction(async () => {
    await iam.send(new UpdateRoleCommand(input));
    flash("success", c("saved"));
    onSaved();
  });
  return (
    <Container header={<Header>{t("settings")}</Header>}>
      <SpaceBetween size="m">
        <TextField label={c("description")} value={description} onChange={setDescription} />
        <FormField label={t("duration")} description={t("durationHint")}>
          <Select
            selectedOption={optionOf(duration)}
            options={[...new Set([...OFFERED, duration])].sort((one, other) => one - other).map(optionOf)}
            onChange={({ detail }) => {
              setDuration(Number(detail.selectedOption.value));
            }}
          />
        </FormField>
        <Button variant="primary" disabled={isSame} loading={save.busy} onClick={() => void save.run()}>
          {c("save")}
        </Button>
        {isSame ? null : <CliPanel commands={[cli("iam", "UpdateRole", input)]} />}
        <ErrorAlert error={save.error} />
      </SpaceBetween>
    </Container>
  );
}
