// Which services a user, group or role used, and when last.
import { GenerateServiceLastAccessedDetailsCommand, GetServiceLastAccessedDetailsCommand, IAMClient, type ServiceLastAccessed } from "@aws-sdk/client-iam";
import { useText } from "@/i18n";
import { Name, ResourceTable, Time, useCall } from "@/kit";
import { useClient } from "@/session";
import { common } from "./strings/common";

const POLL_MILLISECONDS = 500;

async function lastAccessed(iam: IAMClient, Arn: string, abortSignal: AbortSignal): Promise<ServiceLastAccessed[]> {
  const { JobId } = await iam.send(new GenerateServiceLastAccessedDetailsCommand({ Arn }), { abortSignal });
  const found: ServiceLastAccessed[] = [];
  let Marker: string | undefined;
  for (;;) {
    const answer = await iam.send(new GetServiceLastAccessedDetailsCommand({ JobId, Marker, MaxItems: 1000 }), { abortSignal });
    if (answer.JobStatus === "IN_PROGRESS") {
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
      continue;
    }
    if (answer.JobStatus === "FAILED") throw new Error(answer.Error?.Message ?? answer.Error?.Code ?? "");
    found.push(...(answer.ServicesLastAccessed ?? []));
    Marker = answer.IsTruncated ? answer.Marker : undefined;
    if (!Marker) return found.sort((one, other) => Number(other.LastAuthenticated ?? 0) - Number(one.LastAuthenticated ?? 0));
  }
}

export function LastAccessed({ arn }: { arn: string }) {
  const t = useText(common);
  const iam = useClient(IAMClient);
  const services = useCall((signal) => lastAccessed(iam, arn, signal), [iam, arn]);
  return (
    <ResourceTable<ServiceLastAccessed>
      name="iam.accessed"
      filterKey="service"
      title={t("lastAccessed")}
      description={t("lastAccessedText")}
      items={services.data ?? []}
      loading={services.loading}
      error={services.error}
      onReload={services.reload}
      id={(one) => one.ServiceNamespace ?? ""}
      columns={[
        { id: "service", header: t("service"), value: (one) => one.ServiceName, cell: (one) => <Name>{`${one.ServiceName ?? ""} (${one.ServiceNamespace ?? ""})`}</Name> },
        {
          id: "used",
          header: t("lastAccessed"),
          value: (one) => one.LastAuthenticated,
          cell: (one) => (one.LastAuthenticated ? <Time ago at={one.LastAuthenticated} /> : t("never")),
        },
      ]}
      empty={{ title: t("lastAccessedEmpty"), text: t("lastAccessedEmptyText") }}
    />
  );
}
