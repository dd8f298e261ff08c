// The dialog that makes a user group.
import { CreateGroupCommand, IAMClient } from "@aws-sdk/client-iam";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { common } from "../strings/common";
import { strings } from "../strings/people";

export function CreateGroup({ onClose }: { onClose: (name: string | undefined) => void }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [name, setName] = useState("");
  const [path, setPath] = useState("/");
  const input = { GroupName: name, ...(path === "/" ? {} : { Path: path }) };
  return (
    <FormDialog
      title={t("createGroup")}
      action={t("createGroup")}
      ready={name !== ""}
      commands={[cli("iam", "CreateGroup", input)]}
      onSubmit={async () => {
        await iam.send(new CreateGroupCommand(input));
        flash("success", t("createdGroup", { name }));
      }}
      onClose={(done) => {
        onClose(done ? name : undefined);
      }}
    >
      <TextField label={t("groupName")} description={t("groupNameHint")} value={name} onChange={setName} autoFocus />
      <TextField label={c("path")} description={t("pathHint")} value={path} onChange={setPath} />
    </FormDialog>
  );
}
