// The recorder: whether it records, what, and how what it found is delivered.
import {
  ConfigServiceClient,
  type ConfigurationRecorder,
  type ConfigurationRecorderStatus,
  DescribeConfigurationRecordersCommand,
  DescribeConfigurationRecorderStatusCommand,
  StartConfigurationRecorderCommand,
} from "@aws-sdk/client-config-service";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, cli, ErrorAlert, flash, KeyValues, Name, Page, Time, useAction, useCall } from "@/kit";
import { useClient } from "@/session";
import { Delivery } from "./Delivery";
import { SetUpRecorder } from "./SetUpRecorder";
import { State } from "./State";
import { StopRecorder } from "./StopRecorder";
import { strings } from "./strings";
import { TypeCounts } from "./TypeCounts";

const LOOK_AGAIN_MILLISECONDS = 5000;

export function RecorderPage() {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const [open, setOpen] = useState<"setUp" | "stop">();
  const recorder = useCall(
    async (abortSignal) => ({ found: (await config.send(new DescribeConfigurationRecordersCommand({}), { abortSignal })).ConfigurationRecorders?.[0] }),
    [config],
  );
  const status = useCall(
    async (abortSignal) => (await config.send(new DescribeConfigurationRecorderStatusCommand({}), { abortSignal })).ConfigurationRecordersStatus?.[0],
    [config],
    { every: LOOK_AGAIN_MILLISECONDS },
  );
  const found = recorder.data?.found;
  const input = { ConfigurationRecorderName: found?.name ?? "default" };
  const reload = () => {
    recorder.reload();
    status.reload();
  };
  const start = useAction(async () => {
    await config.send(new StartConfigurationRecorderCommand(input));
    flash("success", t("recorderStarted"));
    reload();
  });
  const setUp = (
    <Button
      variant={found ? "normal" : "primary"}
      onClick={() => {
        setOpen("setUp");
      }}
    >
      {t(found ? "changeRecorder" : "setUp")}
    </Button>
  );
  const isRecording = status.data?.recording ?? false;
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      {recorder.data ? setUp : null}
      {found && !isRecording ? (
        <Button variant="primary" loading={start.busy} onClick={() => void start.run()}>
          {t("startRecorder")}
        </Button>
      ) : null}
      {found && isRecording ? (
        <Button
          onClick={() => {
            setOpen("stop");
          }}
        >
          {t("stopRecorder")}
        </Button>
      ) : null}
    </SpaceBetween>
  );
  return (
    <Page title={t("recorder")} description={t("recorderText")} actions={actions} help={t("help")}>
      <ErrorAlert error={recorder.error} onRetry={recorder.reload} />
      <ErrorAlert error={start.error} />
      <ErrorAlert compact error={status.error} onRetry={status.reload} />
      <Container header={<Header>{t("recorder")}</Header>} footer={found ? <CliPanel commands={[cli("configservice", "StartConfigurationRecorder", input)]} /> : null}>
        {found ? <Facts recorder={found} status={status.data} /> : recorder.data ? <Box>{t("noRecorder")}</Box> : null}
      </Container>
      {found ? <Delivery /> : null}
      {found ? <TypeCounts /> : null}
      {open === "setUp" ? (
        <SetUpRecorder
          present={found}
          onClose={() => {
            setOpen(undefined);
            reload();
          }}
        />
      ) : null}
      {open === "stop" ? (
        <StopRecorder
          name={input.ConfigurationRecorderName}
          onClose={() => {
            setOpen(undefined);
            reload();
          }}
        />
      ) : null}
    </Page>
  );
}

function Facts({ recorder, status }: { recorder: ConfigurationRecorder; status: ConfigurationRecorderStatus | undefined }) {
  const t = useText(strings);
  const group = recorder.recordingGroup;
  const excluded = group?.exclusionByResourceTypes?.resourceTypes ?? [];
  const types = group?.allSupported ? t("allSupported") : excluded.length > 0 ? t("allBut", { types: excluded.join(", ") }) : (group?.resourceTypes ?? []).join(", ");
  return (
    <KeyValues
      columns={4}
      facts={[
        [
          t("state"),
          status ? (
            <StatusIndicator key="state" type={status.recording ? "success" : "stopped"}>
              {t(status.recording ? "recording" : "stopped")}
            </StatusIndicator>
          ) : undefined,
        ],
        [t("lastStatus"), <State key="last">{status?.lastStatus}</State>],
        [t("lastError"), <bdi key="error">{status?.lastErrorMessage ?? status?.lastErrorCode ?? "—"}</bdi>],
        [t("lastStart"), <Time key="start" at={status?.lastStartTime} />],
        [t("recordedTypes"), types],
        [t("globalTypes"), t(group?.includeGlobalResourceTypes ? "yes" : "no")],
        [t("recordingFrequency"), recorder.recordingMode?.recordingFrequency && t(recorder.recordingMode.recordingFrequency)],
        [t("role"), <Name key="role">{recorder.roleARN}</Name>],
      ]}
    />
  );
}
