// The list of log groups.
import { CloudWatchLogsClient, DescribeLogGroupsCommand, type LogGroup } from "@aws-sdk/client-cloudwatch-logs";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable, Time } from "@/kit";
import { Link, navigate, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { Applied } from "../Applied";
import { formatBytes, logGroupPage, retentionText } from "../names";
import { strings } from "../strings";
import { CreateLogGroup, DeleteLogGroup } from "./groupChanges";

export function LogGroupsPage() {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [pattern, setPattern] = useQueryValue("name");
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<string>();
  const [version, setVersion] = useState(0);
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createGroup")}
    </Button>
  );
  return (
    <Page title={t("groups")} description={t("groupsText")} help={t("logsHelp")}>
      <ResourceTable<LogGroup>
        name="cloudwatch.groups"
        title={t("groups")}
        dependencies={[logs, version, pattern]}
        load={async ({ token, signal }) => {
          const answer = await logs.send(new DescribeLogGroupsCommand({ nextToken: token, logGroupNamePattern: pattern || undefined }), { abortSignal: signal });
          return { items: answer.logGroups ?? [], next: answer.nextToken };
        }}
        id={(group) => group.logGroupName ?? ""}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (group) => group.logGroupName,
            cell: (group) => (
              <Link to={logGroupPage(group.logGroupName ?? "")}>
                <Name>{group.logGroupName}</Name>
              </Link>
            ),
            minWidth: 280,
          },
          { id: "retention", header: t("retention"), value: (group) => retentionText(t, group.retentionInDays), width: 140 },
          { id: "key", header: t("kmsKey"), value: (group) => group.kmsKeyId, cell: (group) => <Name>{group.kmsKeyId?.split("/").pop()}</Name>, width: 200 },
          { id: "filters", header: t("metricFilters"), value: (group) => group.metricFilterCount ?? 0, width: 140 },
          { id: "size", header: t("size"), value: (group) => group.storedBytes ?? 0, cell: (group) => formatBytes(group.storedBytes ?? 0), unfiltered: true, width: 140 },
          { id: "made", header: t("created"), value: (group) => group.creationTime, cell: (group) => <Time at={group.creationTime} />, unfiltered: true, hidden: true },
        ]}
        filters={
          <div className="g-fields">
            <Applied label={t("nameHas")} value={pattern} onApply={setPattern} />
          </div>
        }
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen?.logGroupName);
              }}
            >
              {t("delete")}
            </Button>
            {create}
          </>
        )}
        empty={pattern ? { title: t("noneFound"), text: t("noneFoundText") } : { title: t("groupsEmpty"), text: t("groupsEmptyText"), action: create }}
      />
      {creating ? (
        <CreateLogGroup
          onClose={(name) => {
            setCreating(false);
            if (name) navigate(logGroupPage(name));
          }}
        />
      ) : null}
      {deleting ? (
        <DeleteLogGroup
          name={deleting}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
    </Page>
  );
}
