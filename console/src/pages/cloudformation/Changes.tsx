// The changes of a change set: each resource, whether it is replaced, and what of it differs.
import type { Change, ResourceChange, ResourceChangeDetail } from "@aws-sdk/client-cloudformation";
import Badge from "@cloudscape-design/components/badge";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { JsonDiff, Name, ResourceTable } from "@/kit";
import { useQueryValue } from "@/router";
import { strings } from "./strings";

const COLOURS = { Add: "green", Modify: "blue", Remove: "red", Import: "green", Dynamic: "grey", SyncWithActual: "blue" } as const;

function causes(change: ResourceChange): string {
  const found = (change.Details ?? []).map((detail) => [detail.ChangeSource, detail.CausingEntity].filter(Boolean).join(" "));
  return [...new Set(found)].filter((one) => one !== "").join(", ");
}

export function Changes({ changes, loading }: { changes: Change[]; loading: boolean }) {
  const t = useText(strings);
  const [wanted, setWanted] = useQueryValue("resource");
  const resources = changes.flatMap(({ ResourceChange }) => (ResourceChange ? [ResourceChange] : []));
  const chosen = resources.find(({ LogicalResourceId }) => LogicalResourceId === wanted);
  return (
    <SpaceBetween size="l">
      <ResourceTable<ResourceChange>
        name="cloudformation.changed"
        title={t("changes")}
        items={resources}
        loading={loading}
        id={(change) => change.LogicalResourceId ?? ""}
        columns={[
          { id: "logical", header: t("logicalId"), value: (change) => change.LogicalResourceId, cell: (change) => <Name>{change.LogicalResourceId}</Name> },
          { id: "action", header: t("action"), value: (change) => change.Action, cell: (change) => <Badge color={COLOURS[change.Action ?? "Dynamic"]}>{change.Action}</Badge> },
          { id: "type", header: t("type"), value: (change) => change.ResourceType },
          { id: "replacement", header: t("replacement"), value: (change) => change.Replacement },
          { id: "physical", header: t("physicalId"), value: (change) => change.PhysicalResourceId, cell: (change) => <Name>{change.PhysicalResourceId}</Name> },
          { id: "causes", header: t("causes"), value: causes },
        ]}
        selection="single"
        onSelect={([one]) => {
          setWanted(one?.LogicalResourceId ?? "");
        }}
        empty={{ title: t("changesEmpty"), text: t("changesEmptyText") }}
      />
      {chosen ? <Details change={chosen} /> : null}
    </SpaceBetween>
  );
}

function Details({ change }: { change: ResourceChange }) {
  const t = useText(strings);
  const has = change.BeforeContext !== undefined || change.AfterContext !== undefined;
  return (
    <Container header={<Header variant="h2">{t("differences", { name: change.LogicalResourceId ?? "" })}</Header>}>
      <SpaceBetween size="m">
        {has ? <JsonDiff before={change.BeforeContext ?? "{}"} after={change.AfterContext ?? "{}"} /> : null}
        <ResourceTable<ResourceChangeDetail>
          plain
          variant="embedded"
          heading="h3"
          name="cloudformation.details"
          title={t("details")}
          items={change.Details ?? []}
          id={(detail) => JSON.stringify(detail)}
          label={(detail) => detail.Target?.Name ?? detail.Target?.Attribute ?? ""}
          columns={[
            { id: "property", header: t("property"), value: (detail) => detail.Target?.Path ?? detail.Target?.Name ?? detail.Target?.Attribute },
            { id: "recreation", header: t("replacement"), value: (detail) => detail.Target?.RequiresRecreation },
            { id: "before", header: t("before"), value: (detail) => detail.Target?.BeforeValue, cell: (detail) => <Name>{detail.Target?.BeforeValue}</Name> },
            { id: "after", header: t("after"), value: (detail) => detail.Target?.AfterValue, cell: (detail) => <Name>{detail.Target?.AfterValue}</Name> },
            { id: "source", header: t("causes"), value: (detail) => [detail.ChangeSource, detail.CausingEntity].filter(Boolean).join(" ") },
          ]}
          empty={{ title: t("detailsEmpty"), text: t("detailsEmptyText") }}
        />
      </SpaceBetween>
    </Container>
  );
}
