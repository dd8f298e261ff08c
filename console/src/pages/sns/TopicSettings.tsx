// A topic's attributes that are single values.
import { SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, flash, TextField, useAction } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

type Attributes = Record<string, string>;

/** What holds where a topic does not have the attribute. */
const UNSET: Attributes = { DisplayName: "", KmsMasterKeyId: "", SignatureVersion: "1" };

interface Properties {
  arn: string;
  attributes: Attributes;
  onSaved: () => void;
}

export function TopicSettings({ arn, attributes, onSaved }: Properties) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const [displayName, setDisplayName] = useState(attributes["DisplayName"] ?? "");
  const [key, setKey] = useState(attributes["KmsMasterKeyId"] ?? "");
  const [version, setVersion] = useState(attributes["SignatureVersion"] ?? UNSET["SignatureVersion"]!);
  const changes = Object.entries({ DisplayName: displayName, KmsMasterKeyId: key, SignatureVersion: version })
    .filter(([name, value]) => value !== (attributes[name] ?? UNSET[name]))
    .map(([AttributeName, AttributeValue]) => ({ TopicArn: arn, AttributeName, AttributeValue }));
  const save = useAction(async () => {
    for (const change of changes) await sns.send(new SetTopicAttributesCommand(change));
    flash("success", t("saved"));
    onSaved();
  });
  return (
    <Container header={<Header>{t("settings")}</Header>}>
      <SpaceBetween size="m">
        <TextField label={t("displayName")} description={t("displayNameHint")} value={displayName} onChange={setDisplayName} />
        <TextField label={t("kmsKey")} description={t("kmsKeyHint")} value={key} onChange={setKey} />
        <FormField label={t("signatureVersion")} description={t("signatureHint")}>
          <SegmentedControl
            label={t("signatureVersion")}
            selectedId={version}
            options={[
              { id: "1", text: "1" },
              { id: "2", text: "2" },
            ]}
            onChange={({ detail }) => {
              setVersion(detail.selectedId);
            }}
          />
        </FormField>
        <Button variant="primary" disabled={changes.length === 0} loading={save.busy} onClick={() => void save.run()}>
          {t("save")}
        </Button>
        {changes.length > 0 ? <CliPanel commands={changes.map((change) => cli("sns", "SetTopicAttributes", change))} /> : null}
        <ErrorAlert error={save.error} />
      </SpaceBetween>
    </Container>
  );
}
