// Has enrolled hosts scan as soon as they ask what to do.
import { useText } from "@/i18n";
import { cli, Confirm, flash } from "@/kit";
import { garrisonCall } from "@/session";
import { hostStrings } from "./strings";

export function ScanHosts({ hosts, onClose }: { hosts: string[]; onClose: (done: boolean) => void }) {
  const t = useText(hostStrings);
  return (
    <Confirm
      title={t("scanNow")}
      action={t("scanNow")}
      commands={hosts.map((Host) => cli("garrison", "StartHostScan", { Host }))}
      onConfirm={async () => {
        for (const Host of hosts) await garrisonCall("StartHostScan", { Host });
        flash("success", t("scanAsked", { hosts: hosts.join(", ") }));
      }}
      onClose={onClose}
    >
      <bdi>{t("scanText", { hosts: hosts.join(", ") })}</bdi>
    </Confirm>
  );
}
