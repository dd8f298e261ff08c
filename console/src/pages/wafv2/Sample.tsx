// One sampled request, with what the rule matched in it.
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Scope } from "@aws-sdk/client-wafv2";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, KeyValues, Name, Time, useCall } from "@/kit";
import { clientOf as sdkClient } from "@/session";
import { pieces } from "./highlight";
import { loggedMatches, logGroupOf, wordsOf } from "./matches";
import { useScopeRegion, useWaf } from "./names";
import { clientOf, ruleOf, type Sampled } from "./Samples";
import { strings, wordOf } from "./strings";
import type { Document } from "./wire";
import "./wafv2.css";

interface Properties {
  arn: string;
  scope: Scope;
  sample: Sampled;
  statement: Document;
}

export function Sample({ arn, scope, sample, statement }: Properties) {
  const t = useText(strings);
  const waf = useWaf(scope);
  const logs = sdkClient(CloudWatchLogsClient, useScopeRegion(scope));
  const { Request: request = {}, Timestamp } = sample;
  const logged = useCall(
    async (signal) => {
      const group = await logGroupOf(waf, arn, signal);
      if (!group || !Timestamp) return { group, matched: [] };
      return { group, matched: await loggedMatches(logs, group, Timestamp, request, signal) };
    },
    [waf, logs, arn, sample.number],
  );
  const matched = logged.data?.matched.length ? logged.data.matched : wordsOf(statement);
  const headers = request.Headers ?? [];
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" }); // below a long list nobody would see it
  }, []);
  return (
    <div ref={place} className="waf-one">
      <Container header={<Header variant="h3">{t("request")}</Header>}>
        <SpaceBetween size="m">
          <KeyValues
            columns={4}
            facts={[
              [t("action"), wordOf(t, sample.Action ?? "")],
              [t("rule"), <Name key="rule">{ruleOf(sample) || t("defaultAction")}</Name>],
              [t("client"), clientOf(sample)],
              [t("time"), <Time key="time" at={Timestamp} />],
              [t("responseCode"), sample.ResponseCodeSent],
              [t("labels"), sample.Labels?.map(({ Name: name }) => name).join(", ")],
              [t("weight"), sample.Weight],
            ]}
          />
          <div>
            <Box variant="awsui-key-label">{t("asSent")}</Box>
            <code className="g-code" role="group" aria-label={t("asSent")}>
              {`${request.Method ?? ""} `}
              <Marked text={request.URI ?? ""} matched={matched} />
              {` ${request.HTTPVersion ?? ""}`}
              {headers.map(({ Name: name, Value }, index) => (
                <div key={index}>
                  {`${name ?? ""}: `}
                  <Marked text={Value ?? ""} matched={matched} />
                </div>
              ))}
            </code>
          </div>
          {matched.length > 0 ? (
            <KeyValues
              columns={1}
              facts={[
                [
                  t(logged.data?.matched.length ? "matchedData" : "matchedWords"),
                  <code key="matched" className="g-code">
                    <bdi>{matched.join("\n")}</bdi>
                  </code>,
                ],
              ]}
            />
          ) : null}
          {logged.data && !logged.data.group ? <Box color="text-body-secondary">{t("logForMatches")}</Box> : null}
          <ErrorAlert compact error={logged.error} onRetry={logged.reload} />
        </SpaceBetween>
      </Container>
    </div>
  );
}

function Marked({ text, matched }: { text: string; matched: string[] }) {
  return <bdi>{pieces(text, matched).map((piece, index) => (piece.hit ? <mark key={index} className="waf-hit">{piece.text}</mark> : <span key={index}>{piece.text}</span>))}</bdi>;
}
