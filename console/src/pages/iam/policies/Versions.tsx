// A policy's versions, and what changed from one to another.
import { DeletePolicyVersionCommand, GetPolicyVersionCommand, IAMClient, ListPolicyVersionsCommand, type PolicyVersion, SetDefaultPolicyVersionCommand } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, ErrorAlert, flash, JsonDiff, ResourceTable, useCall } from "@/kit";
import { useClient } from "@/session";
import { type Change, change } from "../changes";
import { documentOf } from "../holders";
import { common } from "../strings/common";
import { strings } from "../strings/policies";

interface Asked {
  title: string;
  text: string;
  change: Change;
}

export function Versions({ arn, onChange }: { arn: string; onChange: () => void }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [chosen, setChosen] = useState<PolicyVersion[]>([]);
  const [asked, setAsked] = useState<Asked>();
  const versions = useCall(async (abortSignal) => (await iam.send(new ListPolicyVersionsCommand({ PolicyArn: arn }), { abortSignal })).Versions ?? [], [iam, arn]);
  const current = versions.data?.find((one) => one.IsDefaultVersion);
  const [one, other = current] = [...chosen].sort((first, second) => Number(first.CreateDate) - Number(second.CreateDate));
  const single = chosen.length === 1 && !chosen[0]?.IsDefaultVersion ? chosen[0] : undefined;
  const ask = (kind: "setDefault" | "deleteVersion") => {
    const input = { PolicyArn: arn, VersionId: single?.VersionId };
    const changing =
      kind === "setDefault"
        ? change("SetDefaultPolicyVersion", input, (client) => client.send(new SetDefaultPolicyVersionCommand(input)))
        : change("DeletePolicyVersion", input, (client) => client.send(new DeletePolicyVersionCommand(input)));
    setAsked({ title: t(kind), text: t(`${kind}Text`, { version: single?.VersionId ?? "" }), change: changing });
  };
  return (
    <SpaceBetween size="l">
      <ResourceTable<PolicyVersion>
        plain
        name="iam.versions"
        title={t("versions")}
        description={t("compareHint")}
        items={versions.data ?? []}
        loading={versions.loading}
        error={versions.error}
        onReload={versions.reload}
        id={(version) => version.VersionId ?? ""}
        selection="multi"
        onSelect={setChosen}
        columns={[
          { id: "version", header: t("version"), value: (version) => version.VersionId },
          { id: "default", header: t("isDefault"), cell: (version) => (version.IsDefaultVersion ? <StatusIndicator>{t("isDefault")}</StatusIndicator> : "—") },
          { id: "created", header: c("created"), value: (version) => version.CreateDate },
        ]}
        actions={() => (
          <>
            <Button
              disabled={!single}
              onClick={() => {
                ask("deleteVersion");
              }}
            >
              {t("deleteVersion")}
            </Button>
            <Button
              disabled={!single}
              onClick={() => {
                ask("setDefault");
              }}
            >
              {t("setDefault")}
            </Button>
          </>
        )}
        empty={{ title: t("versions"), text: "" }}
      />
      {one && other && one.VersionId !== other.VersionId ? <Comparison arn={arn} from={one.VersionId ?? ""} to={other.VersionId ?? ""} /> : null}
      {asked ? (
        <Confirm
          title={asked.title}
          action={asked.title}
          commands={[asked.change.command]}
          onConfirm={async () => {
            await asked.change.send(iam);
            flash("success", c("saved"));
          }}
          onClose={(done) => {
            setAsked(undefined);
            if (done) {
              setChosen([]);
              versions.reload();
              onChange();
            }
          }}
        >
          {asked.text}
        </Confirm>
      ) : null}
    </SpaceBetween>
  );
}

function Comparison({ arn, from, to }: { arn: string; from: string; to: string }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const documents = useCall(
    async (abortSignal) => {
      const get = async (VersionId: string) => {
        const answer = await iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId }), { abortSignal });
        return documentOf(answer.PolicyVersion?.Document);
      };
      return { before: await get(from), after: await get(to) };
    },
    [iam, arn, from, to],
  );
  return (
    <Container header={<Header variant="h3">{t("compare", { from, to })}</Header>}>
      <ErrorAlert error={documents.error} onRetry={documents.reload} />
      {documents.data ? <JsonDiff {...documents.data} /> : <Box color="text-body-secondary">…</Box>}
    </Container>
  );
}
