// Deleting a user, with all that hangs on it.
import { useText } from "@/i18n";
import { ConfirmPlan } from "../ConfirmPlan";
import { strings } from "../strings/people";
import { deletionOf } from "./deletion";

export function DeleteUser({ name, onClose }: { name: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  return (
    <ConfirmPlan
      title={t("deleteUser")}
      text={t("deleteUserText", { name })}
      name={name}
      done={t("deletedUser", { name })}
      plan={(iam, signal) => deletionOf(iam, name, signal)}
      onClose={onClose}
    />
  );
}
