// The way by which the network lets a port be reached.
import type { NetworkReachabilityDetails } from "@aws-sdk/client-inspector2";
import { useText } from "@/i18n";
import { Name, PlainTable } from "@/kit";
import { strings } from "./strings";

export function NetworkPath({ found }: { found: NetworkReachabilityDetails }) {
  const t = useText(strings);
  const { begin, end } = found.openPortRange ?? {};
  const ports = begin === end ? String(begin) : `${String(begin)}–${String(end)}`;
  const steps = (found.networkPath?.steps ?? []).map((step, index) => ({ ...step, number: index + 1 }));
  return (
    <PlainTable
      title={t("networkPath")}
      description={t("openPorts", { ports, protocol: found.protocol ?? "" })}
      items={steps}
      id={(one) => String(one.number)}
      columns={[
        { id: "number", header: t("step"), cell: (one) => one.number, isNumber: true },
        { id: "type", header: t("component"), cell: (one) => <Name>{one.componentType}</Name> },
        { id: "id", header: t("id"), cell: (one) => <Name>{one.componentId}</Name> },
      ]}
      empty={{ title: t("noPath"), text: "" }}
    />
  );
}
