// The proof that a trail's files are those that were written, made here and now by the browser.
import { CloudTrailClient, type Trail } from "@aws-sdk/client-cloudtrail";
import { S3Client } from "@aws-sdk/client-s3";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useEffect, useRef, useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, ErrorAlert, Name, useAction } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings";
import { dayBefore } from "./days";
import { type Proof, verifyTrail } from "./verify";

const DAYS = ["1", "7", "30"];

export function Integrity({ trail }: { trail: Trail }) {
  const t = useText(strings);
  const cloudtrail = useClient(CloudTrailClient);
  const s3 = useClient(S3Client);
  const [days, setDays] = useState("1");
  const [sofar, setSofar] = useState<Proof>();
  const [proof, setProof] = useState<Proof>();
  const controller = useRef<AbortController>(undefined);
  useEffect(
    () => () => {
      controller.current?.abort();
    },
    [],
  );
  const account = trail.TrailARN?.split(":")[4] ?? "";
  const verify = useAction(async () => {
    controller.current = new AbortController();
    setProof(undefined);
    setSofar(undefined);
    setProof(await verifyTrail({ cloudtrail, s3 }, { trail, account, days: Number(days) }, controller.current.signal, setSofar));
  });
  const options = DAYS.map((value) => ({ value, label: t("lastDays", { days: Number(value) }) }));
  const since = dayBefore(Number(days));
  const isKnown = "subtle" in crypto;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={t("integrityText")}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Select
                ariaLabel={t("range")}
                selectedOption={options.find(({ value }) => value === days) ?? null}
                options={options}
                onChange={({ detail }) => {
                  setDays(detail.selectedOption.value ?? days);
                }}
              />
              <Button loading={verify.busy} disabled={!isKnown} disabledReason={t("insecure")} onClick={() => void verify.run()}>
                {t("verify")}
              </Button>
            </SpaceBetween>
          }
        >
          {t("integrity")}
        </Header>
      }
    >
      <SpaceBetween size="s">
        <ErrorAlert error={verify.error} />
        {verify.busy ? <StatusIndicator type="loading">{t("verifying", { digests: sofar?.digests ?? 0, files: sofar?.files ?? 0 })}</StatusIndicator> : null}
        {proof ? <Outcome proof={proof} /> : null}
        <CliPanel commands={[`aws cloudtrail validate-logs --trail-arn ${trail.TrailARN ?? ""} --start-time ${since}`]} />
      </SpaceBetween>
    </Container>
  );
}

function Outcome({ proof: { digests, files, problems } }: { proof: Proof }) {
  const t = useText(strings);
  if (digests === 0) return <StatusIndicator type="info">{t("noDigests")}</StatusIndicator>;
  if (problems.length === 0) return <StatusIndicator type="success">{t("verified", { digests, files })}</StatusIndicator>;
  return (
    <Alert type="error" header={t("notVerified", { count: problems.length })}>
      <ul>
        {problems.map(({ key, fault }, index) => (
          <li key={index}>
            {t(fault)} <Name>{key}</Name>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
