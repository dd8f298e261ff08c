// One finding of a run: the rule, what was seen on the host, and the fix.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useText } from "@/i18n";
import { ErrorAlert, KeyValues, Name, Page, PlainTable, Time, useCall } from "@/kit";
import { to } from "@/router";
import { useRegion } from "@/session";
import { moment } from "../moments";
import { Severity } from "../Severity";
import { findings } from "./api";
import { classicStrings } from "./strings";

export function ClassicFindingPage({ arn }: { arn: string }) {
  const t = useText(classicStrings);
  const region = useRegion();
  const called = useCall(async (signal) => (await findings.describe([arn], signal))[0] ?? null, [region, arn]);
  const finding = called.data;
  const run = arn.split("/finding/")[0] ?? arn;
  const crumbs = [
    { text: t("runs"), to: to("inspector", "runs") },
    { text: t("run"), to: to("inspector", "runs", run) },
  ];
  return (
    <Page title={finding?.id ?? t("finding")} description={<bdi>{finding?.title}</bdi>} crumbs={crumbs} help={t("help")}>
      <ErrorAlert error={called.error} onRetry={called.reload} />
      {finding ? (
        <>
          <Container header={<Header>{t("summary")}</Header>}>
            <KeyValues
              columns={4}
              facts={[
                [t("severity"), <Severity key="severity">{finding.severity}</Severity>],
                [t("host"), <Name key="host">{finding.assetAttributes?.hostname}</Name>],
                [t("instance"), <Name key="agent">{finding.assetAttributes?.agentId}</Name>],
                [t("found"), <Time key="found" at={moment(finding.createdAt)} />],
              ]}
            />
          </Container>
          <Container header={<Header>{t("evidence")}</Header>}>
            <Box variant="p">
              <bdi>{finding.description}</bdi>
            </Box>
          </Container>
          <Container header={<Header>{t("fix")}</Header>}>
            <Box variant="p">
              <bdi>{finding.recommendation}</bdi>
            </Box>
          </Container>
          <PlainTable
            title={t("attributes")}
            items={finding.attributes}
            id={(one) => one.key}
            columns={[
              { id: "key", header: t("key"), cell: (one) => <Name>{one.key}</Name> },
              { id: "value", header: t("value"), cell: (one) => <bdi>{one.value}</bdi> },
            ]}
            empty={{ title: t("noAttributes"), text: "" }}
          />
        </>
      ) : null}
    </Page>
  );
}
