// The question before a host is believed no longer.
import { useText } from "@/i18n";
import { cli, Confirm, flash } from "@/kit";
import { garrisonCall } from "@/session";
import { hostStrings } from "./strings";

export function RevokeHost({ host, onClose }: { host: string; onClose: (done: boolean) => void }) {
  const t = useText(hostStrings);
  const input = { Name: host };
  return (
    <Confirm
      title={t("revoke")}
      action={t("revoke")}
      typed={host}
      commands={[cli("garrison", "RevokeHost", input)]}
      onConfirm={async () => {
        await garrisonCall("RevokeHost", input);
        flash("success", t("revoked", { host }));
      }}
      onClose={onClose}
    >
      <bdi>{t("revokeText", { host })}</bdi>
    </Confirm>
  );
}
