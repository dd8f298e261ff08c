// The dialog that makes a user.
import { AddUserToGroupCommand, CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { useState } from "react";
import { useText } from "@/i18n";
import { flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { change, commandsOf, makeChanges } from "../changes";
import { ChooseGroups } from "../groups/ChooseGroups";
import { common } from "../strings/common";
import { strings } from "../strings/people";

export function CreateUser({ onClose }: { onClose: (name: string | undefined) => void }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [name, setName] = useState("");
  const [path, setPath] = useState("/");
  const [groups, setGroups] = useState<string[]>([]);
  const input = { UserName: name, ...(path === "/" ? {} : { Path: path }) };
  const changes = [
    change("CreateUser", input, (client) => client.send(new CreateUserCommand(input))),
    ...groups.map((GroupName) => change("AddUserToGroup", { UserName: name, GroupName }, (client) => client.send(new AddUserToGroupCommand({ UserName: name, GroupName })))),
  ];
  return (
    <FormDialog
      title={t("createUser")}
      action={t("createUser")}
      ready={name !== ""}
      commands={commandsOf(changes)}
      onSubmit={async () => {
        await makeChanges(iam, changes);
        flash("success", t("createdUser", { name }));
      }}
      onClose={(done) => {
        onClose(done ? name : undefined);
      }}
    >
      <TextField label={t("userName")} description={t("userNameHint")} value={name} onChange={setName} autoFocus />
      <TextField label={c("path")} description={t("pathHint")} value={path} onChange={setPath} />
      <ChooseGroups label={t("putIntoGroups")} hint={t("putIntoGroupsHint")} chosen={groups} onChange={setGroups} />
    </FormDialog>
  );
}
