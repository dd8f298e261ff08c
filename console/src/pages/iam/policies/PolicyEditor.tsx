// A policy in an editor: proposals while one types, validated as it stands.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { JsonEditor } from "@/kit";
import { strings } from "../strings/policies";
import { completePolicy } from "./completion";
import { Findings } from "./Findings";
import { type PolicyType, useMarks, useValidation } from "./validation";

interface Properties {
  value: string;
  onChange: (text: string) => void;
  /** "IDENTITY_POLICY" where it is left out. */
  policyType?: PolicyType;
  /** For trust policies. */
  resourceType?: "AWS::IAM::AssumeRolePolicyDocument";
}

export function PolicyEditor({ value, onChange, policyType = "IDENTITY_POLICY", resourceType }: Properties) {
  const t = useText(strings);
  const validation = useValidation(value, policyType, resourceType);
  const marks = useMarks(validation.data);
  return (
    <Container header={<Header description={t("editorHint")}>{t("editor")}</Header>}>
      <SpaceBetween size="s">
        <JsonEditor ariaLabel={t("editor")} value={value} onChange={onChange} complete={completePolicy} marks={marks} minLines={12} />
        <Box variant="small">{t("characters", { count: value.replace(/\s/g, "").length })}</Box>
        <Findings validation={validation} />
      </SpaceBetween>
    </Container>
  );
}
