// The dialog that creates a target: all hosts, or those with given tags.
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { tagsOf } from "../hostTags";
import { classic } from "./api";
import { classicStrings } from "./strings";

export function CreateTarget({ onClose }: { onClose: (done: boolean) => void }) {
  const t = useText(classicStrings);
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const resourceGroupTags = tagsOf(text);
  const input = { assessmentTargetName: name };
  const commands =
    resourceGroupTags.length > 0
      ? [
          cli("inspector", "CreateResourceGroup", { resourceGroupTags }),
          cli("inspector", "CreateAssessmentTarget", { ...input, resourceGroupArn: "ARN" }),
        ]
      : [cli("inspector", "CreateAssessmentTarget", input)];
  return (
    <FormDialog
      title={t("createTarget")}
      action={t("createTarget")}
      ready={name !== "" && resourceGroupTags.every(({ key }) => key !== "")}
      commands={commands}
      onSubmit={async () => {
        const group =
          resourceGroupTags.length > 0 ? await classic<{ resourceGroupArn: string }>("CreateResourceGroup", { resourceGroupTags }) : {};
        await classic("CreateAssessmentTarget", { ...input, ...group });
        flash("success", t("created_", { name }));
      }}
      onClose={onClose}
    >
      <TextField label={t("name")} value={name} onChange={setName} autoFocus />
      <TextField label={t("tags")} description={t("tagsHint")} placeholder="role=web, stage=live" value={text} onChange={setText} />
    </FormDialog>
  );
}
