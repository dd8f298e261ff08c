// A stack's template, as it was given or as it was after its transforms.
import { CloudFormationClient, GetTemplateCommand, type TemplateStage } from "@aws-sdk/client-cloudformation";
import Box from "@cloudscape-design/components/box";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useText } from "@/i18n";
import { CodeEditor, ErrorAlert, useCall } from "@/kit";
import { useQueryValue } from "@/router";
import { useClient } from "@/session";
import { strings } from "./strings";
import { languageOf } from "./templateText";

export function Template({ stack, version }: { stack: string; version: string }) {
  const t = useText(strings);
  const cloudformation = useClient(CloudFormationClient);
  const [stage, setStage] = useQueryValue("stage", "Original");
  const template = useCall(
    async (abortSignal) => (await cloudformation.send(new GetTemplateCommand({ StackName: stack, TemplateStage: stage as TemplateStage }), { abortSignal })).TemplateBody ?? "",
    [cloudformation, stack, stage, version],
  );
  return (
    <SpaceBetween size="s">
      <SegmentedControl
        label={t("stage")}
        selectedId={stage}
        options={[
          { id: "Original", text: t("original") },
          { id: "Processed", text: t("processed") },
        ]}
        onChange={({ detail }) => {
          setStage(detail.selectedId);
        }}
      />
      <ErrorAlert error={template.error} onRetry={template.reload} />
      {template.data === undefined ? (
        <Box>{template.loading ? <Spinner /> : null}</Box>
      ) : (
        <CodeEditor readOnly language={languageOf(template.data)} value={template.data} ariaLabel={t("template")} minLines={10} maxLines={40} />
      )}
    </SpaceBetween>
  );
}
