// One finding: what is wrong, where it was seen, what mends it.
import { BatchGetFindingDetailsCommand, Inspector2Client, ListFindingsCommand } from "@aws-sdk/client-inspector2";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { Command, ErrorAlert, KeyValues, Name, Page, Time, useCall } from "@/kit";
import { Link, to } from "@/router";
import { useClient } from "@/session";
import { findingsPage } from "./criteria";
import { NetworkPath } from "./NetworkPath";
import { Severity } from "./Severity";
import { strings } from "./strings";
import { Vulnerability } from "./Vulnerability";

export function FindingPage({ arn }: { arn: string }) {
  const t = useText(strings);
  const inspector = useClient(Inspector2Client);
  const found = useCall(
    async (abortSignal) => {
      const filterCriteria = { findingArn: [{ comparison: "EQUALS" as const, value: arn }] };
      const { findings } = await inspector.send(new ListFindingsCommand({ filterCriteria }), { abortSignal });
      return findings?.[0] ?? null;
    },
    [inspector, arn],
  );
  const details = useCall(
    async (abortSignal) => (await inspector.send(new BatchGetFindingDetailsCommand({ findingArns: [arn] }), { abortSignal })).findingDetails?.[0] ?? null,
    [inspector, arn],
  );
  const finding = found.data;
  const host = finding?.resources?.[0];
  const machine = host?.details?.awsEc2Instance;
  const fix = finding?.remediation?.recommendation;
  return (
    <Page title={finding?.title ?? t("finding")} crumbs={[{ text: t("findings"), to: to("inspector") }]} help={t("help")}>
      <ErrorAlert error={found.error} onRetry={found.reload} />
      {finding === null ? <Alert type="info">{t("findingGone")}</Alert> : null}
      <Container header={<Header>{t("summary")}</Header>}>
        <SpaceBetween size="l">
          <Box>
            <bdi>{finding?.description}</bdi>
          </Box>
          <KeyValues
            columns={4}
            facts={[
              [t("severity"), <Severity key="severity">{finding?.severity}</Severity>],
              [t("score"), finding?.inspectorScore],
              [t("status"), finding?.status],
              [t("type"), finding?.type],
              [t("fixAvailable"), finding?.fixAvailable],
              [t("exploitAvailable"), finding?.exploitAvailable],
              [t("epss"), finding?.epss?.score],
              [t("arn"), <Name key="arn">{arn}</Name>],
              [t("firstObserved"), <Time key="first" at={finding?.firstObservedAt} />],
              [t("lastObserved"), <Time key="last" at={finding?.lastObservedAt} />],
            ]}
          />
        </SpaceBetween>
      </Container>
      <Container header={<Header>{t("fix")}</Header>}>{fix?.text ? <Command>{fix.text}</Command> : t("noFix")}</Container>
      <Container header={<Header>{t("affected")}</Header>}>
        <KeyValues
          columns={4}
          facts={[
            [
              t("host"),
              host?.id ? (
                <Link key="host" to={findingsPage({ host: host.id })}>
                  <Name>{host.id}</Name>
                </Link>
              ) : undefined,
            ],
            [t("platform"), <Name key="platform">{machine?.platform}</Name>],
            [t("image"), <Name key="image">{machine?.imageId}</Name>],
            [t("network"), <Name key="vpc">{machine?.vpcId}</Name>],
            [t("addresses"), <Name key="addresses">{[...(machine?.ipV4Addresses ?? []), ...(machine?.ipV6Addresses ?? [])].join(", ")}</Name>],
            [t("tags"), <Name key="tags">{Object.entries(host?.tags ?? {}).map(([key, value]) => `${key}=${value}`).join(", ")}</Name>],
          ]}
        />
      </Container>
      {finding?.packageVulnerabilityDetails ? (
        <Vulnerability found={finding.packageVulnerabilityDetails} details={details.data ?? undefined} score={finding.inspectorScoreDetails?.adjustedCvss} />
      ) : null}
      {finding?.packageVulnerabilityDetails ? <ErrorAlert error={details.error} onRetry={details.reload} /> : null}
      {finding?.networkReachabilityDetails ? <NetworkPath found={finding.networkReachabilityDetails} /> : null}
    </Page>
  );
}
