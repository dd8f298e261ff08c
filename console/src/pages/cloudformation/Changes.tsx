// The changes of a change set: each resource, whether it is replaced, and what of it differs.
import type { Change, ResourceChange, ResourceChangeDetail } from "@aws-sdk/client-cloudformation";
import Badge from "@cloudscape-design/components/badge";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { sayWord, useText } from "@/i18n";
import { JsonDiff, Name, ResourceTable } from "@/kit";
import { useQueryValue } from "@/router";
import { strings } from "./strings";

const COLOURS = { Add: "green", Modify: "blue", Remove: "red", Import: "green", Dynamic: "grey", SyncWithActual: "blue" } as const;

function cause({ ChangeSource, CausingEntity }: ResourceChangeDetail): string {
  return [sayWord(strings, ChangeSource), CausingEntity].filter(Boolean).join(" ");
}

function causes(change: ResourceChange): string {
  return [...new Set((change.Details ?? []).map(cause))].filter((one) => one !== "").join(", ");
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
          { id: "logical", header: t("logicalId"), value: (change) => change.LogicalResourceId, cell: (change) => <Name>{change.LogicalResourceId}</Name>, width: 180 },
          {
            id: "action",
            header: t("action"),
            value: (change) => sayWord(strings, change.Action),
            cell: (change) => <Badge color={COLOURS[change.Action ?? "Dynamic"]}>{sayWord(strings, change.Action)}</Badge>,
            width: 110,
          },
          { id: "type", header: t("type"), value: (change) => change.ResourceType, width: 210 },
          { id: "replacement", header: t("replacement"), value: (change) => sayWord(strings, change.Replacement), width: 130 },
          { id: "physical", header: t("physicalId"), value: (change) => change.PhysicalResourceId, cell: (change) => <Name>{change.PhysicalResourceId}</Name>, width: 200 },
          { id: "causes", header: t("causes"), value: causes, width: 180 },
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
            { id: "recreation", header: t("replacement"), value: (detail) => sayWord(strings, detail.Target?.RequiresRecreation) },
            { id: "before", header: t("before"), value: (detail) => detail.Target?.BeforeValue, cell: (detail) => <Name>{detail.Target?.BeforeValue}</Name> },
            { id: "after", header: t("after"), value: (detail) => detail.Target?.AfterValue, cell: (detail) => <Name>{detail.Target?.AfterValue}</Name> },
            { id: "source", header: t("causes"), value: cause },
          ]}
          empty={{ title: t("detailsEmpty"), text: t("detailsEmptyText") }}
        />
      </SpaceBetween>
    </Container>
  );
}
