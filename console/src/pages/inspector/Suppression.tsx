// Filters of Inspector: those that suppress, and those that are kept to look through.
import { DeleteFilterCommand, type Filter, Inspector2Client, ListFiltersCommand } from "@aws-sdk/client-inspector2";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, flash, Name, Page, ResourceTable, Time } from "@/kit";
import { useClient } from "@/session";
import { CreateFilter } from "./CreateFilter";
import { criteriaInWords } from "./criteria";
import { strings } from "./strings";

export function SuppressionPage() {
  const t = useText(strings);
  const inspector = useClient(Inspector2Client);
  const [version, setVersion] = useState(0);
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<Filter>();
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createRule")}
    </Button>
  );
  return (
    <Page title={t("rules")} description={t("rulesText")} help={t("help")}>
      <ResourceTable<Filter>
        name="inspector.filters"
        title={t("rules")}
        dependencies={[inspector, version]}
        load={async ({ token, signal }) => {
          const answer = await inspector.send(new ListFiltersCommand({ maxResults: 100, nextToken: token }), { abortSignal: signal });
          return { items: answer.filters ?? [], next: answer.nextToken };
        }}
        id={(one) => one.arn ?? ""}
        label={(one) => one.name ?? ""}
        columns={[
          { id: "name", header: t("name"), value: (one) => one.name, width: 160 },
          { id: "action", header: t("action"), value: (one) => t(one.action === "SUPPRESS" ? "suppresses" : "onlyKept"), width: 125 },
          { id: "criteria", header: t("criteria"), value: (one) => criteriaInWords(one.criteria), cell: (one) => <bdi>{criteriaInWords(one.criteria)}</bdi>, width: 340 },
          { id: "reason", header: t("reason"), value: (one) => one.reason, width: 230 },
          { id: "created", header: t("created"), value: (one) => one.createdAt, cell: (one) => <Time at={one.createdAt} ago />, unfiltered: true },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen);
              }}
            >
              {t("deleteRule")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("rulesEmpty"), text: t("rulesEmptyText"), action: create }}
      />
      {creating ? (
        <CreateFilter
          onClose={(done) => {
            setCreating(false);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
      {deleting ? (
        <Confirm
          title={t("deleteRule")}
          action={t("deleteRule")}
          commands={[cli("inspector2", "DeleteFilter", { arn: deleting.arn })]}
          onConfirm={async () => {
            await inspector.send(new DeleteFilterCommand({ arn: deleting.arn }));
            flash("success", t("ruleDeleted"));
          }}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        >
          {t("deleteRuleText")} <Name>{deleting.name}</Name>
        </Confirm>
      ) : null}
    </Page>
  );
}
