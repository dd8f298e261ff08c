// The metric filters of a log group.
import { CloudWatchLogsClient, DeleteMetricFilterCommand, DescribeMetricFiltersCommand, type MetricFilter } from "@aws-sdk/client-cloudwatch-logs";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, flash, Name, ResourceTable } from "@/kit";
import { Link, to, withQuery } from "@/router";
import { useClient } from "@/session";
import { writeMetric } from "../metrics/metricQuery";
import { strings } from "../strings";
import { MetricFilterForm } from "./MetricFilterForm";

export function MetricFilters({ group }: { group: string }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [editing, setEditing] = useState<MetricFilter>();
  const [deleting, setDeleting] = useState<string>();
  const [version, setVersion] = useState(0);
  const edit = (filter: MetricFilter) => () => {
    setEditing(filter);
  };
  const create = (
    <Button variant="primary" onClick={edit({})}>
      {t("createFilter")}
    </Button>
  );
  const closed = (done: boolean) => {
    setEditing(undefined);
    setDeleting(undefined);
    if (done) setVersion(version + 1);
  };
  return (
    <>
      <ResourceTable<MetricFilter>
        name="cloudwatch.filters"
        filterKey="filters-filter"
        title={t("metricFilters")}
        dependencies={[logs, group, version]}
        load={async ({ token, signal }) => {
          const answer = await logs.send(new DescribeMetricFiltersCommand({ logGroupName: group, nextToken: token }), { abortSignal: signal });
          return { items: answer.metricFilters ?? [], next: answer.nextToken };
        }}
        id={(filter) => filter.filterName ?? ""}
        columns={[
          { id: "name", header: t("name"), value: (filter) => filter.filterName, cell: (filter) => <Name>{filter.filterName}</Name>, width: 280 },
          { id: "pattern", header: t("pattern"), value: (filter) => filter.filterPattern, cell: (filter) => <bdi className="cw-message">{filter.filterPattern || t("everyEvent")}</bdi>, width: 420 },
          {
            id: "metric",
            header: t("metric"),
            value: (filter) => filter.metricTransformations?.[0]?.metricName,
            cell: ({ metricTransformations: [made] = [] }) =>
              made ? (
                <Link to={withQuery(to("cloudwatch", "metrics"), { metric: writeMetric({ Namespace: made.metricNamespace, MetricName: made.metricName }), statistic: "Sum" })}>
                  <Name>{`${made.metricNamespace ?? ""} ${made.metricName ?? ""}`}</Name>
                </Link>
              ) : null,
            minWidth: 240,
          },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen?.filterName);
              }}
            >
              {t("delete")}
            </Button>
            <Button disabled={!chosen} onClick={edit(chosen ?? {})}>
              {t("edit")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("filtersEmpty"), text: t("filtersEmptyText"), action: create }}
      />
      {editing ? <MetricFilterForm group={group} filter={editing} onClose={closed} /> : null}
      {deleting ? <DeleteFilter group={group} name={deleting} onClose={closed} /> : null}
    </>
  );
}

function DeleteFilter({ group, name, onClose }: { group: string; name: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const input = { logGroupName: group, filterName: name };
  return (
    <Confirm
      title={t("deleteFilter")}
      commands={[cli("logs", "DeleteMetricFilter", input)]}
      onConfirm={async () => {
        await logs.send(new DeleteMetricFilterCommand(input));
        flash("success", t("deleted", { name }));
      }}
      onClose={onClose}
    >
      <bdi>{t("deleteFilterText", { name })}</bdi>
    </Confirm>
  );
}
