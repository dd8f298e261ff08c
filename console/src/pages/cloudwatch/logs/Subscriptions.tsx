// Where a log group's events are sent on.
import { CloudWatchLogsClient, DescribeSubscriptionFiltersCommand, type SubscriptionFilter } from "@aws-sdk/client-cloudwatch-logs";
import { useText } from "@/i18n";
import { Name, ResourceTable, Time } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings";

export function Subscriptions({ group }: { group: string }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  return (
    <ResourceTable<SubscriptionFilter>
      plain
      name="cloudwatch.subscriptions"
      title={t("subscriptions")}
      dependencies={[logs, group]}
      load={async ({ token, signal }) => {
        const answer = await logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName: group, nextToken: token }), { abortSignal: signal });
        return { items: answer.subscriptionFilters ?? [], next: answer.nextToken };
      }}
      id={(filter) => filter.filterName ?? ""}
      columns={[
        { id: "name", header: t("name"), value: (filter) => filter.filterName, cell: (filter) => <Name>{filter.filterName}</Name> },
        { id: "pattern", header: t("pattern"), value: (filter) => filter.filterPattern, cell: (filter) => <Name>{filter.filterPattern || t("everyEvent")}</Name> },
        { id: "to", header: t("destination"), value: (filter) => filter.destinationArn, cell: (filter) => <Name>{filter.destinationArn}</Name> },
        { id: "made", header: t("created"), value: (filter) => filter.creationTime, cell: (filter) => <Time at={filter.creationTime} />, unfiltered: true },
      ]}
      empty={{ title: t("subscriptionsEmpty"), text: t("subscriptionsEmptyText") }}
    />
  );
}
