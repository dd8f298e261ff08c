// What a template asks for: its parameters, and leave for what it may do to identities.
import { type Capability, CloudFormationClient, GetTemplateSummaryCommand, type GetTemplateSummaryCommandOutput, type ParameterDeclaration } from "@aws-sdk/client-cloudformation";
import Alert from "@cloudscape-design/components/alert";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useDeferredValue, useEffect, useState } from "react";
import { useText } from "@/i18n";
import { type Called, TextField, useCall } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

const PAUSE_MILLISECONDS = 500;

/** What the server reads in a template, asked again a moment after it was changed. */
export function useSummary(template: string): Called<GetTemplateSummaryCommandOutput | undefined> {
  const cloudformation = useClient(CloudFormationClient);
  const [settled, setSettled] = useState(template);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(template);
    }, PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
    };
  }, [template]);
  const asked = useDeferredValue(settled);
  return useCall(
    async (abortSignal) => (asked.trim() === "" ? undefined : cloudformation.send(new GetTemplateSummaryCommand({ TemplateBody: asked }), { abortSignal })),
    [cloudformation, asked],
  );
}

interface Properties {
  declared: ParameterDeclaration[];
  values: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
}

export function ParameterFields({ declared, values, onChange }: Properties) {
  const t = useText(strings);
  if (declared.length === 0) return null;
  return (
    <Container header={<Header variant="h2">{t("parameters")}</Header>}>
      <SpaceBetween size="m">
        {declared.map((one) => {
          const key = one.ParameterKey ?? "";
          const set = (value: string) => {
            onChange({ ...values, [key]: value });
          };
          return <ParameterField key={key} declared={one} value={values[key] ?? one.DefaultValue ?? ""} onChange={set} />;
        })}
      </SpaceBetween>
    </Container>
  );
}

function ParameterField({ declared, value, onChange }: { declared: ParameterDeclaration; value: string; onChange: (value: string) => void }) {
  const label = <bdi>{declared.ParameterKey}</bdi>;
  const description = <bdi>{[declared.Description, declared.ParameterType].filter(Boolean).join(" · ")}</bdi>;
  const allowed = declared.ParameterConstraints?.AllowedValues;
  if (allowed && allowed.length > 0)
    return (
      <FormField label={label} description={description}>
        <Select
          selectedOption={value === "" ? null : { value, label: value }}
          options={allowed.map((one) => ({ value: one, label: one }))}
          onChange={({ detail }) => {
            onChange(detail.selectedOption.value ?? "");
          }}
        />
      </FormField>
    );
  return <TextField label={label} description={description} type={declared.NoEcho ? "password" : "text"} autoComplete={false} value={value} onChange={onChange} />;
}

interface Acknowledgement {
  needed: Capability[];
  reason: string | undefined;
  agreed: boolean;
  onChange: (agreed: boolean) => void;
}

export function Acknowledged({ needed, reason, agreed, onChange }: Acknowledgement) {
  const t = useText(strings);
  return (
    <Alert type="warning" header={t("capabilities")}>
      <SpaceBetween size="xs">
        <bdi>{reason}</bdi>
        <Checkbox
          checked={agreed}
          onChange={({ detail }) => {
            onChange(detail.checked);
          }}
        >
          {t("acknowledge", { names: needed.join(", ") })}
        </Checkbox>
      </SpaceBetween>
    </Alert>
  );
}
