// What a resource is tied to: a picture, and the same as a table.
import { type ConfigurationItem, ConfigServiceClient, SelectResourceConfigCommand } from "@aws-sdk/client-config-service";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { ErrorAlert, ResourceTable, useCall } from "@/kit";
import { useClient } from "@/session";
import { Graph } from "./Graph";
import { quoted } from "./names";
import { ResourceLink } from "./ResourceLink";
import { strings } from "./strings";
import { arnsOf, keyOf, type Named, type Tie, tiesOf } from "./ties";

const MOST = 100;

export function Relationships({ item }: { item: ConfigurationItem }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const id = item.resourceId ?? "";
  const others = useCall(
    async (abortSignal) => {
      const select = async (condition: string): Promise<Named[]> => {
        const Expression = `SELECT resourceType, resourceId, resourceName, arn WHERE ${condition}`;
        const found = await config.send(new SelectResourceConfigCommand({ Expression, Limit: MOST }), { abortSignal });
        return (found.Results ?? []).map((text) => JSON.parse(text) as Named);
      };
      const arns = arnsOf(item);
      const names = [id, item.arn ?? id].map(quoted).join(", ");
      const [incoming, named] = await Promise.all([
        select(`relationships.resourceId IN (${names})`),
        arns.length > 0 ? select(`arn IN (${arns.map(quoted).join(", ")})`) : [],
      ]);
      return { incoming, named };
    },
    [config, id, item.configurationStateId],
  );
  const ties = tiesOf(item, others.data?.incoming ?? [], others.data?.named ?? []);
  return (
    <SpaceBetween size="l">
      <ErrorAlert compact error={others.error} onRetry={others.reload} />
      {ties.length > 0 ? (
        <Container header={<Header description={t("graphText")}>{t("graph")}</Header>}>
          <Graph type={item.resourceType ?? ""} name={item.resourceName ?? id} ties={ties} />
        </Container>
      ) : null}
      <ResourceTable<Tie>
        name="config.relationships"
        filterKey="ties"
        title={t("relationships")}
        items={ties}
        loading={others.loading}
        onReload={others.reload}
        id={keyOf}
        columns={[
          {
            id: "name",
            header: t("resource"),
            value: (tie) => tie.name ?? tie.id,
            cell: (tie) => <ResourceLink type={tie.type} id={tie.id} name={tie.name} />,
            minWidth: 220,
          },
          { id: "type", header: t("type"), value: (tie) => tie.type, minWidth: 200 },
          { id: "words", header: t("relationship"), value: (tie) => tie.words || t("namesThis"), cell: (tie) => <bdi>{tie.words || t("namesThis")}</bdi>, minWidth: 180 },
          { id: "id", header: t("resourceId"), value: (tie) => tie.id, hidden: true },
        ]}
        empty={{ title: t("noTies"), text: t("noTiesText") }}
      />
    </SpaceBetween>
  );
}
