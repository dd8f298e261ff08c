// One managed policy: its document, who holds it, its versions, its tags.
import { GetPolicyCommand, GetPolicyVersionCommand, IAMClient, TagPolicyCommand, UntagPolicyCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useText } from "@/i18n";
import { Copyable, ErrorAlert, JsonEditor, KeyValues, Name, Page, prettyJson, Time, useCall } from "@/kit";
import { navigate, to, useQueryValue } from "@/router";
import { useClient } from "@/session";
import { change } from "../changes";
import { documentOf } from "../holders";
import { isAws, nameInArn } from "../names";
import { common } from "../strings/common";
import { strings } from "../strings/policies";
import { Tags } from "../Tags";
import { DeletePolicy } from "./DeletePolicy";
import { EditPolicy } from "./EditPolicy";
import { Entities } from "./Entities";
import { Versions } from "./Versions";

export function PolicyPage({ arn }: { arn: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [tab, setTab] = useQueryValue("tab", "document");
  const [deleting, setDeleting] = useState(false);
  const policy = useCall(async (abortSignal) => (await iam.send(new GetPolicyCommand({ PolicyArn: arn }), { abortSignal })).Policy ?? {}, [iam, arn]);
  const { DefaultVersionId: version } = policy.data ?? {};
  const document = useCall(
    async (abortSignal) => {
      if (!version) return undefined;
      const answer = await iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: version }), { abortSignal });
      return prettyJson(documentOf(answer.PolicyVersion?.Document));
    },
    [iam, arn, version],
  );
  const text = document.data;
  const actions = (
    <Button
      disabled={isAws(arn)}
      onClick={() => {
        setDeleting(true);
      }}
    >
      {c("delete")}
    </Button>
  );
  const facts = policy.data ?? {};
  const reload = policy.reload;
  return (
    <Page title={nameInArn(arn)} crumbs={[{ text: t("policies"), to: to("iam", "policies") }]} actions={actions} help={t("policiesHelp")}>
      <ErrorAlert error={policy.error} onRetry={policy.reload} />
      <Container header={<Header>{c("summary")}</Header>}>
        <KeyValues
          columns={3}
          facts={[
            [c("arn"), <Copyable key="arn">{arn}</Copyable>],
            [c("description"), <Name key="description">{facts.Description}</Name>],
            [t("attachments"), facts.AttachmentCount],
            [t("defaultVersion"), facts.DefaultVersionId],
            [c("created"), <Time key="created" at={facts.CreateDate} />],
            [c("updated"), <Time key="updated" at={facts.UpdateDate} />],
          ]}
        />
      </Container>
      <Tabs
        ariaLabel={t("policy")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          {
            id: "document",
            label: t("permissions"),
            contentRenderStrategy: "lazy", // keeps what was typed while another tab is looked at
            content: (
              <SpaceBetween size="s">
                <ErrorAlert error={document.error} onRetry={document.reload} />
                {text === undefined ? null : isAws(arn) ? (
                  <JsonEditor readOnly ariaLabel={t("editor")} value={text} />
                ) : (
                  <EditPolicy key={version ?? ""} arn={arn} document={text} onSaved={reload} />
                )}
              </SpaceBetween>
            ),
          },
          { id: "entities", label: t("entities"), content: <Entities arn={arn} onChange={reload} /> },
          { id: "versions", label: t("versions"), content: <Versions arn={arn} onChange={reload} /> },
          {
            id: "tags",
            label: c("tags"),
            content: (
              <Tags
                name="iam.policy.tags"
                tags={facts.Tags ?? []}
                loading={policy.loading}
                onSaved={reload}
                save={(Tags) => change("TagPolicy", { PolicyArn: arn, Tags }, (client) => client.send(new TagPolicyCommand({ PolicyArn: arn, Tags })))}
                remove={(TagKeys) => change("UntagPolicy", { PolicyArn: arn, TagKeys }, (client) => client.send(new UntagPolicyCommand({ PolicyArn: arn, TagKeys })))}
              />
            ),
          },
        ]}
      />
      {deleting ? (
        <DeletePolicy
          arn={arn}
          onClose={(done) => {
            setDeleting(false);
            if (done) navigate(to("iam", "policies"));
          }}
        />
      ) : null}
    </Page>
  );
}
