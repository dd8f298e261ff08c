// One finding: what is wrong, where it was seen, what mends it.
import { BatchGetFindingDetailsCommand, type Finding, Inspector2Client, ListFindingsCommand, type Resource } from "@aws-sdk/client-inspector2";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { sayWord, useText } from "@/i18n";
import { ErrorAlert, ifKnown, KeyValues, Name, Page, Time, useCall } from "@/kit";
import { Link, to } from "@/router";
import { useClient } from "@/session";
import { findingsPage } from "./criteria";
import { NetworkPath } from "./NetworkPath";
import { Remedy } from "./Remedy";
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
  return (
    <Page title={finding?.title ?? t("finding")} crumbs={[{ text: t("findings"), to: to("inspector") }]} help={t("help")}>
      <ErrorAlert error={found.error} onRetry={found.reload} />
      {finding === null ? <Alert type="info">{t("findingGone")}</Alert> : null}
      {finding ? (
        <>
          <Summary finding={finding} />
          <Container header={<Header>{t("fix")}</Header>}>{finding.remediation?.recommendation?.text ? <Remedy text={finding.remediation.recommendation.text} /> : t("noFix")}</Container>
          <Affected host={finding.resources?.[0]} />
          {finding.packageVulnerabilityDetails ? (
            <>
              <Vulnerability found={finding.packageVulnerabilityDetails} details={details.data ?? undefined} score={finding.inspectorScoreDetails?.adjustedCvss} />
              <ErrorAlert compact error={details.error} onRetry={details.reload} />
            </>
          ) : null}
          {finding.networkReachabilityDetails ? <NetworkPath found={finding.networkReachabilityDetails} /> : null}
        </>
      ) : null}
    </Page>
  );
}

function Summary({ finding }: { finding: Finding }) {
  const t = useText(strings);
  return (
    <Container header={<Header>{t("summary")}</Header>}>
      <SpaceBetween size="l">
        <Box>
          <bdi>{finding.description}</bdi>
        </Box>
        <KeyValues
          columns={4}
          facts={[
            [t("severity"), <Severity key="severity">{finding.severity}</Severity>],
            [t("score"), finding.inspectorScore],
            [t("status"), sayWord(strings, finding.status)],
            [t("type"), sayWord(strings, finding.type)],
            [t("fixAvailable"), sayWord(strings, finding.fixAvailable)],
            [t("exploitAvailable"), sayWord(strings, finding.exploitAvailable)],
            [t("epss"), finding.epss?.score],
            [t("firstObserved"), <Time key="first" at={finding.firstObservedAt} />],
            [t("lastObserved"), <Time key="last" at={finding.lastObservedAt} />],
            [t("arn"), <Name key="arn">{finding.findingArn}</Name>],
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

function Affected({ host }: { host: Resource | undefined }) {
  const t = useText(strings);
  const machine = host?.details?.awsEc2Instance;
  const name = (text: string) => <Name>{text}</Name>;
  return (
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
          ...ifKnown(t("image"), machine?.imageId, name),
          ...ifKnown(t("network"), machine?.vpcId, name),
          ...ifKnown(t("addresses"), [...(machine?.ipV4Addresses ?? []), ...(machine?.ipV6Addresses ?? [])].join(", "), name),
          ...ifKnown(t("tags"), Object.entries(host?.tags ?? {}).map(([key, value]) => `${key}=${value}`).join(", "), name),
        ]}
      />
    </Container>
  );
}
