// The dialog that deletes a conformance pack.
import { ConfigServiceClient, DeleteConformancePackCommand } from "@aws-sdk/client-config-service";
import { useText } from "@/i18n";
import { cli, Confirm, flash } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

export function DeletePack({ name, onClose }: { name: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const input = { ConformancePackName: name };
  return (
    <Confirm
      title={t("deletePack")}
      action={t("deletePack")}
      typed={name}
      commands={[cli("configservice", "DeleteConformancePack", input)]}
      onConfirm={async () => {
        await config.send(new DeleteConformancePackCommand(input));
        flash("success", t("packDeleted", { name }));
      }}
      onClose={onClose}
    >
      <bdi>{t("deletePackText", { name })}</bdi>
    </Confirm>
  );
}
