// The page on which a conformance pack is put from its template.
import { ConfigServiceClient, PutConformancePackCommand } from "@aws-sdk/client-config-service";
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, cli, CodeEditor, ErrorAlert, flash, Page, TextField, useAction } from "@/kit";
import { navigate, to } from "@/router";
import { useClient } from "@/session";
import { packPage } from "./names";
import { strings } from "./strings";

const TEMPLATE = `Resources:
  BucketVersioning:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: bucket-versioning
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_VERSIONING_ENABLED}
`;

interface Parameter {
  ParameterName: string;
  ParameterValue: string;
}

export function CreatePackPage() {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const [name, setName] = useState("");
  const [template, setTemplate] = useState(TEMPLATE);
  const [parameters, setParameters] = useState<Parameter[]>([]);
  const given = parameters.filter(({ ParameterName }) => ParameterName !== "");
  const input = {
    ConformancePackName: name,
    TemplateBody: template,
    ...(given.length > 0 ? { ConformancePackInputParameters: given } : {}),
  };
  const put = useAction(async () => {
    await config.send(new PutConformancePackCommand(input));
    flash("success", t("packPut", { name }));
    navigate(packPage(name));
  });
  return (
    <Page title={t("createPack")} description={t("createPackText")} crumbs={[{ text: t("packs"), to: to("config", "packs") }]} help={t("helpPacks")}>
      <Container footer={<CliPanel commands={[cli("configservice", "PutConformancePack", { ...input, TemplateBody: "file://pack.yaml" })]} />}>
        <SpaceBetween size="m">
          <TextField label={t("name")} description={t("packNameHint")} value={name} onChange={setName} />
          <FormField label={t("template")} description={t("packTemplateHint")}>
            <CodeEditor language="yaml" ariaLabel={t("template")} minLines={14} maxLines={40} value={template} onChange={setTemplate} />
          </FormField>
          <ParameterRows parameters={parameters} onChange={setParameters} />
          <ErrorAlert error={put.error} />
          <Button variant="primary" disabled={name === "" || template.trim() === ""} loading={put.busy} onClick={() => void put.run()}>
            {t("createPack")}
          </Button>
        </SpaceBetween>
      </Container>
    </Page>
  );
}

function ParameterRows({ parameters, onChange }: { parameters: Parameter[]; onChange: (parameters: Parameter[]) => void }) {
  const t = useText(strings);
  const field = (key: keyof Parameter, label: string) => ({
    label,
    control: (parameter: Parameter, index: number) => (
      <Input
        ariaLabel={`${label} ${index + 1}`}
        value={parameter[key]}
        onChange={({ detail }) => {
          onChange(parameters.map((one, at) => (at === index ? { ...one, [key]: detail.value } : one)));
        }}
      />
    ),
  });
  return (
    <FormField label={t("parameters")}>
      <AttributeEditor<Parameter>
        items={parameters}
        addButtonText={t("addParameter")}
        removeButtonText={t("remove")}
        empty={t("noParameters")}
        definition={[field("ParameterName", t("name")), field("ParameterValue", t("value"))]}
        onAddButtonClick={() => {
          onChange([...parameters, { ParameterName: "", ParameterValue: "" }]);
        }}
        onRemoveButtonClick={({ detail }) => {
          onChange(parameters.filter((_, at) => at !== detail.itemIndex));
        }}
      />
    </FormField>
  );
}
