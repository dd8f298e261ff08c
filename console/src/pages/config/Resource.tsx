// One resource: what it was, what changed it, what it is tied to, and whether it obeys the rules.
import { type ConfigurationItem, ConfigServiceClient, GetResourceConfigHistoryCommand, type ResourceType } from "@aws-sdk/client-config-service";
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useText } from "@/i18n";
import { ErrorAlert, JsonEditor, KeyValues, Name, Page, prettyJson, Time, usePages } from "@/kit";
import { Link, to, useQueryValue, withQuery } from "@/router";
import { useClient } from "@/session";
import { Relationships } from "./Relationships";
import { ResourceCompliance } from "./ResourceCompliance";
import { State } from "./State";
import { strings } from "./strings";
import { Timeline } from "./Timeline";
import { stateOf } from "./versions";
import "./config.css";

const PAGE = 25;

export function ResourcePage({ type, id }: { type: string; id: string }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const [tab, setTab] = useQueryValue("tab", "timeline");
  const versions = usePages<ConfigurationItem>(
    async ({ token, signal }) => {
      const input = { resourceType: type as ResourceType, resourceId: id, limit: PAGE, nextToken: token };
      const answer = await config.send(new GetResourceConfigHistoryCommand(input), { abortSignal: signal });
      return { items: answer.configurationItems ?? [], next: answer.nextToken };
    },
    [config, type, id],
  );
  const [latest] = versions.items;
  const unseen = versions.error === undefined || latest ? undefined : <ErrorAlert error={versions.error} onRetry={versions.reload} />;
  return (
    <Page title={latest?.resourceName ?? id} crumbs={[{ text: t("resources"), to: to("config") }]} help={t("help")}>
      {latest?.configurationItemStatus === "ResourceDeleted" ? <Alert type="info">{t("isDeleted")}</Alert> : null}
      <Container>
        <KeyValues
          columns={4}
          facts={[
            [
              t("type"),
              <Link key="type" to={withQuery(to("config"), { type })}>
                {type}
              </Link>,
            ],
            [t("resourceId"), <Name key="id">{id}</Name>],
            [t("arn"), <Name key="arn">{latest?.arn}</Name>],
            [t("region"), latest?.awsRegion],
            [t("created"), <Time key="created" at={latest?.resourceCreationTime} />],
            [t("changed"), <Time key="changed" at={latest?.configurationItemCaptureTime} />],
            [t("status"), <State key="status">{latest?.configurationItemStatus}</State>],
            [t("tags"), <Tags key="tags" tags={latest?.tags ?? {}} />],
          ]}
        />
      </Container>
      <Tabs
        ariaLabel={t("resource")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          { id: "timeline", label: t("timeline"), content: unseen ?? <Timeline versions={versions} /> },
          { id: "compliance", label: t("compliance"), content: <ResourceCompliance type={type} id={id} /> },
          { id: "relationships", label: t("relationships"), content: unseen ?? (latest ? <Relationships item={latest} /> : null) },
          { id: "configuration", label: t("configuration"), content: unseen ?? <Configuration item={latest} /> },
        ]}
      />
    </Page>
  );
}

function Tags({ tags }: { tags: Record<string, string> }) {
  const found = Object.entries(tags);
  if (found.length === 0) return <>—</>;
  return (
    <SpaceBetween size="xxs">
      {found.map(([key, value]) => (
        <bdi key={key} className="cfg-long">{`${key} = ${value}`}</bdi>
      ))}
    </SpaceBetween>
  );
}

function Configuration({ item }: { item: ConfigurationItem | undefined }) {
  const t = useText(strings);
  if (!item) return null;
  return (
    <Container header={<Header description={t("configurationText")}>{t("configuration")}</Header>}>
      <JsonEditor readOnly ariaLabel={t("configuration")} value={prettyJson(stateOf(item))} />
    </Container>
  );
}
