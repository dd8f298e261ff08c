// The inventory: everything that is recorded, by type and by compliance.
import {
  ConfigServiceClient,
  DescribeComplianceByResourceCommand,
  ListDiscoveredResourcesCommand,
  type ResourceType,
  SelectResourceConfigCommand,
} from "@aws-sdk/client-config-service";
import Button from "@cloudscape-design/components/button";
import { type Say, useText } from "@/i18n";
import { type Column, type LoadPage, Page, ResourceTable, Time } from "@/kit";
import { navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { withNames } from "./called";
import { Compliance } from "./Compliance";
import type { english } from "./english";
import { quoted } from "./names";
import { ResourceFilters } from "./ResourceFilters";
import { ResourceLink } from "./ResourceLink";
import { strings } from "./strings";

interface Resource {
  resourceType: string;
  resourceId: string;
  resourceName?: string | undefined;
  awsRegion?: string | undefined;
  configurationItemCaptureTime?: string | undefined;
  compliance?: string | undefined;
  deletedAt?: Date | undefined;
}

export interface Wanted {
  type: string;
  compliance: string;
  withDeleted: boolean;
}

const FIELDS = "resourceType, resourceId, resourceName, awsRegion, configurationItemCaptureTime";
const PAGE = 100;

/** What is asked of the server: verdicts where compliance is filtered by, deleted resources by their type, else a query. */
function loader(config: ConfigServiceClient, { type, compliance, withDeleted }: Wanted): LoadPage<Resource> {
  const ResourceType = type || undefined;
  return async ({ token: NextToken, signal: abortSignal }) => {
    if (compliance) {
      const ComplianceTypes = [compliance === "COMPLIANT" ? "COMPLIANT" : "NON_COMPLIANT"] as ("COMPLIANT" | "NON_COMPLIANT")[];
      const found = await config.send(new DescribeComplianceByResourceCommand({ ResourceType, ComplianceTypes, Limit: PAGE, NextToken }), { abortSignal });
      const items = await withNames(config, found.ComplianceByResources ?? [], (one) => ({ type: one.ResourceType ?? "", id: one.ResourceId ?? "" }), abortSignal);
      return {
        items: items.map((one) => ({ resourceType: one.ResourceType ?? "", resourceId: one.ResourceId ?? "", resourceName: one.name, compliance: one.Compliance?.ComplianceType })),
        next: found.NextToken,
      };
    }
    if (withDeleted && type) {
      const input = { resourceType: type as ResourceType, includeDeletedResources: true, limit: PAGE, nextToken: NextToken };
      const found = await config.send(new ListDiscoveredResourcesCommand(input), { abortSignal });
      const items = (found.resourceIdentifiers ?? []).map((one) => ({
        resourceType: one.resourceType ?? type,
        resourceId: one.resourceId ?? "",
        resourceName: one.resourceName,
        deletedAt: one.resourceDeletionTime,
      }));
      return { items, next: found.nextToken };
    }
    const Expression = `SELECT ${FIELDS}${type ? ` WHERE resourceType = ${quoted(type)}` : ""}`;
    const found = await config.send(new SelectResourceConfigCommand({ Expression, Limit: PAGE, NextToken }), { abortSignal });
    return { items: (found.Results ?? []).map((text) => JSON.parse(text) as Resource), next: found.NextToken };
  };
}

export function ResourcesPage() {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const [type, setType] = useQueryValue("type");
  const [compliance, setCompliance] = useQueryValue("compliance");
  const [deleted, setDeleted] = useQueryValue("deleted");
  const wanted = { type, compliance, withDeleted: deleted !== "" };
  // The three sources tell different things, so each has columns, and preferences, of its own.
  const source = compliance ? "verdicts" : wanted.withDeleted && type ? "deleted" : "current";
  return (
    <Page title={t("resources")} description={t("resourcesText")} help={t("help")}>
      <ResourceTable<Resource>
        key={source}
        name={`config.resources.${source}`}
        title={t("resources")}
        dependencies={[config, type, compliance, deleted]}
        load={loader(config, wanted)}
        id={(one) => `${one.resourceType}/${one.resourceId}`}
        label={(one) => one.resourceName ?? one.resourceId}
        filters={
          <ResourceFilters
            wanted={wanted}
            onType={setType}
            onCompliance={setCompliance}
            onDeleted={(shown) => {
              setDeleted(shown ? "1" : "");
            }}
          />
        }
        columns={[
          {
            id: "name",
            header: t("resource"),
            value: (one) => one.resourceName || one.resourceId,
            cell: (one) => <ResourceLink type={one.resourceType} id={one.resourceId} name={one.resourceName} />,
            minWidth: 260,
          },
          { id: "type", header: t("type"), value: (one) => one.resourceType, minWidth: 240 },
          ...(source === "current" ? currentColumns(t) : []),
          ...(source === "verdicts" ? [{ id: "compliance", header: t("compliance"), cell: (one: Resource) => <Compliance>{one.compliance}</Compliance> }] : []),
          ...(source === "deleted" ? [{ id: "deleted", header: t("deletedAt"), cell: (one: Resource) => <Time at={one.deletedAt} />, minWidth: 200 }] : []),
          { id: "id", header: t("resourceId"), value: (one) => one.resourceId, hidden: true },
        ]}
        empty={{
          title: t(type || compliance ? "nothingMatches" : "resourcesEmpty"),
          text: t(type || compliance ? "nothingMatchesText" : "resourcesEmptyText"),
          action: (
            <Button
              onClick={() => {
                navigate(to("config", "recorder"));
              }}
            >
              {t("openRecorder")}
            </Button>
          ),
        }}
      />
    </Page>
  );
}

function currentColumns(t: Say<keyof typeof english>): Column<Resource>[] {
  return [
    { id: "region", header: t("region"), value: (one) => one.awsRegion },
    {
      id: "changed",
      header: t("changed"),
      value: (one) => one.configurationItemCaptureTime,
      cell: (one) => <Time ago at={one.configurationItemCaptureTime} />,
      unfiltered: true,
    },
  ];
}
