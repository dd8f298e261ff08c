// The form that makes a change set of a template: of a new stack or of one that is there. Nothing changes before it is executed.
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DescribeStacksCommand,
  GetTemplateCommand,
  type Parameter,
  type ParameterDeclaration,
} from "@aws-sdk/client-cloudformation";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FileUpload from "@cloudscape-design/components/file-upload";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, CodeEditor, ErrorAlert, type KeyAndValue, Page, TagFields, TextField, useAction, useCall } from "@/kit";
import { navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { Acknowledged, ParameterFields, useSummary } from "./ParameterFields";
import { changeSetPage, nameOf, stackPage } from "./names";
import { strings } from "./strings";
import { FIRST_TEMPLATE, languageOf } from "./templateText";

interface Beginning {
  template: string;
  values: Record<string, string>;
  tags: KeyAndValue[];
  isNew: boolean;
}

export function DeployPage() {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const [stack] = useQueryValue("stack");
  const beginning = useCall(
    async (abortSignal): Promise<Beginning> => {
      if (stack === "") return { template: FIRST_TEMPLATE, values: {}, tags: [], isNew: true };
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stack }), { abortSignal });
      const isNew = Stacks?.[0]?.StackStatus === "REVIEW_IN_PROGRESS";
      const { TemplateBody } = await cloudformation.send(new GetTemplateCommand({ StackName: stack }), { abortSignal });
      const values = Object.fromEntries((Stacks?.[0]?.Parameters ?? []).map((one) => [one.ParameterKey ?? "", one.ParameterValue ?? ""]));
      const tags = (Stacks?.[0]?.Tags ?? []).map(({ Key = "", Value = "" }) => ({ key: Key, value: Value }));
      return { template: TemplateBody ?? "", values, tags, isNew };
    },
    [cloudformation, stack],
  );
  const crumbs = [{ text: t("stacks"), to: to("cloudformation") }, ...(stack === "" ? [] : [{ text: nameOf(stack), to: stackPage(stack) }])];
  return (
    <Page title={stack === "" ? t("createStack") : t("updateStack", { name: nameOf(stack) })} description={t("deployText")} crumbs={crumbs} help={t("changeSetHelp")}>
      <ErrorAlert error={beginning.error} onRetry={beginning.reload} />
      {beginning.data ? <Form key={stack} stack={stack} beginning={beginning.data} /> : null}
    </Page>
  );
}

/** The parameters that are not as the template has them. A secret is shown by stars: it stays what it was unless another is entered. */
function given(declared: ParameterDeclaration[], values: Record<string, string>, beginning: Beginning): Parameter[] {
  return declared.flatMap(({ ParameterKey = "", DefaultValue, NoEcho }): Parameter[] => {
    const value = values[ParameterKey];
    const isKept = NoEcho && !beginning.isNew && value !== undefined && value === beginning.values[ParameterKey];
    if (isKept) return [{ ParameterKey, UsePreviousValue: true }];
    return value === undefined || value === DefaultValue ? [] : [{ ParameterKey, ParameterValue: value }];
  });
}

function Form({ stack, beginning }: { stack: string; beginning: Beginning }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const [name, setName] = useState(nameOf(stack));
  const [changeSet, setChangeSet] = useState("");
  const [template, setTemplate] = useState(beginning.template);
  const [values, setValues] = useState(beginning.values);
  const [tags, setTags] = useState(beginning.tags);
  const [agreed, setAgreed] = useState(false);
  const summary = useSummary(template);
  const needed = summary.data?.Capabilities ?? [];
  const parameters = given(summary.data?.Parameters ?? [], values, beginning);
  const input: CreateChangeSetCommandInput = {
    StackName: name,
    ChangeSetName: changeSet || "from-console",
    ChangeSetType: beginning.isNew ? "CREATE" : "UPDATE",
    TemplateBody: template,
    ...(parameters.length > 0 ? { Parameters: parameters } : {}),
    ...(needed.length > 0 ? { Capabilities: needed } : {}),
    ...(tags.length > 0 || beginning.tags.length > 0 ? { Tags: tags.filter(({ key }) => key !== "").map(({ key, value }) => ({ Key: key, Value: value })) } : {}),
  };
  const create = useAction(async () => {
    const made = await cloudformation.send(new CreateChangeSetCommand({ ...input, ChangeSetName: changeSet || `from-console-${Date.now()}` }));
    navigate(changeSetPage(made.StackId ?? name, made.Id ?? ""));
  });
  const missing = (summary.data?.Parameters ?? []).some(({ ParameterKey = "", DefaultValue }) => DefaultValue === undefined && !values[ParameterKey]);
  const ready = name !== "" && summary.data !== undefined && !missing && (needed.length === 0 || agreed);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{t("template")}</Header>}>
        <SpaceBetween size="m">
          <TextField label={t("stackName")} description={t("stackNameHint")} value={name} onChange={setName} readOnly={stack !== ""} />
          <FileUpload
            accept=".yaml,.yml,.json,.template"
            value={[]}
            onChange={({ detail }) => void detail.value[0]?.text().then(setTemplate)}
            i18nStrings={{
              uploadButtonText: () => t("chooseFile"),
              dropzoneText: () => t("dropFile"),
              removeFileAriaLabel: () => t("remove"),
              limitShowFewer: "",
              limitShowMore: "",
              errorIconAriaLabel: "",
            }}
          />
          <CodeEditor language={languageOf(template)} value={template} onChange={setTemplate} ariaLabel={t("template")} minLines={14} maxLines={40} />
          <ErrorAlert error={summary.error} />
        </SpaceBetween>
      </Container>
      <ParameterFields declared={summary.data?.Parameters ?? []} values={values} onChange={setValues} />
      <Container header={<Header variant="h2" description={t("tagsEmptyText")}>{t("tags")}</Header>}>
        <TagFields tags={tags} onChange={setTags} />
      </Container>
      {needed.length > 0 ? <Acknowledged needed={needed} reason={summary.data?.CapabilitiesReason} agreed={agreed} onChange={setAgreed} /> : null}
      <TextField label={t("changeSetName")} description={t("changeSetNameHint")} value={changeSet} onChange={setChangeSet} />
      <ErrorAlert error={create.error} />
      <Button variant="primary" loading={create.busy} disabled={!ready} onClick={() => void create.run()}>
        {t("review")}
      </Button>
      <CliPanel commands={[cli("cloudformation", "CreateChangeSet", { ...input, TemplateBody: "file://template.yaml" })]} />
    </SpaceBetween>
  );
}
