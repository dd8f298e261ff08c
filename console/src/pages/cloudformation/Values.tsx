// The parameters, outputs and tags of a stack.
import type { Output, Parameter, Stack, Tag } from "@aws-sdk/client-cloudformation";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { Name, ResourceTable } from "@/kit";
import { strings } from "./strings";

export function Values({ stack }: { stack: Stack }) {
  const t = useText(strings);
  return (
    <SpaceBetween size="l">
      <ResourceTable<Output>
        plain
        name="cloudformation.outputs"
        title={t("outputs")}
        items={stack.Outputs ?? []}
        id={(output) => output.OutputKey ?? ""}
        columns={[
          { id: "key", header: t("key"), value: (output) => output.OutputKey },
          { id: "value", header: t("value"), value: (output) => output.OutputValue, cell: (output) => <bdi>{output.OutputValue}</bdi> },
          { id: "export", header: t("exportName"), value: (output) => output.ExportName, cell: (output) => <Name>{output.ExportName}</Name> },
          { id: "description", header: t("description"), value: (output) => output.Description, cell: (output) => <bdi>{output.Description ?? "—"}</bdi> },
        ]}
        empty={{ title: t("outputsEmpty"), text: t("outputsEmptyText") }}
      />
      <ResourceTable<Parameter>
        plain
        name="cloudformation.parameters"
        title={t("parameters")}
        items={stack.Parameters ?? []}
        id={(parameter) => parameter.ParameterKey ?? ""}
        columns={[
          { id: "key", header: t("key"), value: (parameter) => parameter.ParameterKey },
          { id: "value", header: t("value"), value: (parameter) => parameter.ParameterValue, cell: (parameter) => <bdi>{parameter.ParameterValue}</bdi> },
          { id: "resolved", header: t("resolved"), value: (parameter) => parameter.ResolvedValue, cell: (parameter) => <bdi>{parameter.ResolvedValue ?? "—"}</bdi> },
        ]}
        empty={{ title: t("parametersEmpty"), text: t("parametersEmptyText") }}
      />
      <ResourceTable<Tag>
        plain
        name="cloudformation.tags"
        title={t("tags")}
        items={stack.Tags ?? []}
        id={(tag) => tag.Key ?? ""}
        columns={[
          { id: "key", header: t("key"), value: (tag) => tag.Key, cell: (tag) => <Name>{tag.Key}</Name> },
          { id: "value", header: t("value"), value: (tag) => tag.Value, cell: (tag) => <Name>{tag.Value}</Name> },
        ]}
        empty={{ title: t("tagsEmpty"), text: t("tagsEmptyText") }}
      />
    </SpaceBetween>
  );
}
