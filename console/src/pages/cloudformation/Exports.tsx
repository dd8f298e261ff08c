// What stacks export for others, and who imports it.
import { CloudFormationClient, type Export, ListExportsCommand, ListImportsCommand } from "@aws-sdk/client-cloudformation";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { ErrorAlert, Name, Page, ResourceTable, useCall } from "@/kit";
import { Link, useQueryValue } from "@/router";
import { failureOf, useClient } from "@/session";
import { nameOf, stackPage } from "./names";
import { strings } from "./strings";

export function ExportsPage() {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const [chosen, setChosen] = useQueryValue("export");
  return (
    <Page title={t("exports")} description={t("exportsText")} help={t("help")}>
      <ResourceTable<Export>
        name="cloudformation.exports"
        title={t("exports")}
        dependencies={[cloudformation]}
        load={async ({ token, signal }) => {
          const answer = await cloudformation.send(new ListExportsCommand({ NextToken: token }), { abortSignal: signal });
          return { items: answer.Exports ?? [], next: answer.NextToken };
        }}
        id={(one) => one.Name ?? ""}
        columns={[
          { id: "name", header: t("name"), value: (one) => one.Name, cell: (one) => <Name>{one.Name}</Name> },
          { id: "value", header: t("value"), value: (one) => one.Value, cell: (one) => <bdi>{one.Value}</bdi> },
          {
            id: "stack",
            header: t("stack"),
            value: (one) => nameOf(one.ExportingStackId ?? ""),
            cell: (one) => (
              <Link to={stackPage(one.ExportingStackId ?? "")}>
                <Name>{nameOf(one.ExportingStackId ?? "")}</Name>
              </Link>
            ),
          },
        ]}
        selection="single"
        onSelect={([one]) => {
          setChosen(one?.Name ?? "");
        }}
        empty={{ title: t("exportsEmpty"), text: t("exportsEmptyText") }}
      />
      {chosen ? <Imports name={chosen} /> : null}
    </Page>
  );
}

function Imports({ name }: { name: string }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const imports = useCall(
    async (abortSignal) => {
      try {
        return (await cloudformation.send(new ListImportsCommand({ ExportName: name }), { abortSignal })).Imports ?? [];
      } catch (error) {
        // AWS answers an error where nobody imports it.
        if (failureOf(error).code === "ValidationError") return [];
        throw error;
      }
    },
    [cloudformation, name],
  );
  return (
    <Container header={<Header variant="h2">{<bdi>{t("importsOf", { name })}</bdi>}</Header>}>
      <ErrorAlert error={imports.error} onRetry={imports.reload} />
      {imports.data?.length === 0 ? t("importsEmpty") : null}
      <SpaceBetween size="xs">
        {(imports.data ?? []).map((stack) => (
          <Link key={stack} to={stackPage(stack)}>
            <Name>{stack}</Name>
          </Link>
        ))}
      </SpaceBetween>
    </Container>
  );
}
