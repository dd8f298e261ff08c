// The dialog that deletes a stack with all it made.
import { CloudFormationClient, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import { useText } from "@/i18n";
import { cli, Confirm, flash } from "@/kit";
import { useClient } from "@/session";
import { nameOf } from "./names";
import { strings } from "./strings";

export function DeleteStack({ id, onClose }: { id: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const name = nameOf(id);
  const input = { StackName: id };
  return (
    <Confirm
      title={t("deleteStack")}
      typed={name}
      commands={[cli("cloudformation", "DeleteStack", input)]}
      onConfirm={async () => {
        await cloudformation.send(new DeleteStackCommand(input));
        flash("info", t("deleting", { name }));
      }}
      onClose={onClose}
    >
      <bdi>{t("deleteStackText", { name })}</bdi>
    </Confirm>
  );
}
