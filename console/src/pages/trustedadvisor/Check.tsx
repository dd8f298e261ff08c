// One check: what it looks at, how it stands, and each resource it advises on.
import {
  DescribeTrustedAdvisorCheckRefreshStatusesCommand,
  DescribeTrustedAdvisorChecksCommand,
  RefreshTrustedAdvisorCheckCommand,
  SupportClient,
} from "@aws-sdk/client-support";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useLanguage, useText } from "@/i18n";
import { ErrorAlert, flash, KeyValues, Page, Time, useAction, useCall } from "@/kit";
import { to } from "@/router";
import { useClient } from "@/session";
import { listAdvice, moment, nameOf } from "./advice";
import { formatDollars } from "./money";
import { linesOf } from "./description";
import { Recommended } from "./Recommended";
import { Status } from "./Status";
import { strings } from "./strings";

const LOOK_AGAIN_MILLISECONDS = 2000;

export function CheckPage({ id }: { id: string }) {
  const t = useText(strings);
  const language = useLanguage();
  const support = useClient(SupportClient);
  const [refreshing, setRefreshing] = useState(false);
  const [version, setVersion] = useState(0);
  const standing = useCall(async (signal) => (await listAdvice(signal)).Advice.find(({ CheckId }) => CheckId === id), [id, version]);
  const check = useCall(
    async (abortSignal) => {
      const { checks } = await support.send(new DescribeTrustedAdvisorChecksCommand({ language }), { abortSignal });
      return checks?.find((one) => one.id === id);
    },
    [support, id, language],
  );
  const state = useCall(
    async (abortSignal) => {
      const { statuses } = await support.send(new DescribeTrustedAdvisorCheckRefreshStatusesCommand({ checkIds: [id] }), { abortSignal });
      const status = statuses?.[0];
      const isRunning = status?.status === "enqueued" || status?.status === "processing";
      if (refreshing && !isRunning) setVersion((count) => count + 1);
      setRefreshing(isRunning);
      return status;
    },
    [support, id, refreshing],
    refreshing ? { every: LOOK_AGAIN_MILLISECONDS } : {},
  );
  const refresh = useAction(async () => {
    await support.send(new RefreshTrustedAdvisorCheckCommand({ checkId: id }));
    flash("info", t("refreshAsked", { count: 1 }));
    setRefreshing(true);
    state.reload();
  });
  const known = standing.data;
  const name = known ? nameOf(known, language) : (check.data?.name ?? id);
  const lines = linesOf(check.data?.description ?? "");
  const isResting = (state.data?.millisUntilNextRefreshable ?? 0) > 0;
  const actions = (
    <Button loading={refresh.busy || refreshing} disabled={isResting} disabledReason={t("resting")} onClick={() => void refresh.run()}>
      {t("refresh")}
    </Button>
  );
  return (
    <Page title={name} crumbs={[{ text: t("advice"), to: to("trustedadvisor") }]} actions={actions} help={t("help")}>
      <ErrorAlert error={standing.error} onRetry={standing.reload} />
      <ErrorAlert error={check.error} onRetry={check.reload} />
      <ErrorAlert error={refresh.error} />
      {known?.Status === "not_available" ? (
        <Alert type="info" header={t("notAvailableTitle")}>
          <bdi>{known.Reason ?? t("neverRefreshed")}</bdi>
        </Alert>
      ) : null}
      <Container>
        <SpaceBetween size="m">
          <KeyValues
            columns={4}
            facts={[
              [t("status"), <Status key="status">{known?.Status}</Status>],
              [t("category"), known && t(known.Category)],
              [t("savings"), formatDollars(known?.MonthlySavings || undefined)],
              [t("refreshed"), <Time key="refreshed" at={moment(known?.RefreshedAt)} />],
              [t("flagged"), known && known.Errors + known.Warnings],
              [t("inOrder"), known?.Ok],
              [t("excluded"), known?.Excluded],
              [t("unseen"), known?.Unseen],
            ]}
          />
          <SpaceBetween size="xs">
            {lines.map(({ text, isHeading }) => (isHeading ? <Box key={text} variant="awsui-key-label">{text}</Box> : <bdi key={text}>{text}</bdi>))}
          </SpaceBetween>
        </SpaceBetween>
      </Container>
      <Recommended checkId={id} columns={check.data?.metadata ?? []} version={version} onChange={standing.reload} />
    </Page>
  );
}
