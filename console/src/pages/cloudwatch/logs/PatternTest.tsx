// A pattern, tried on some messages.
import { CloudWatchLogsClient, FilterLogEventsCommand, type MetricFilterMatchRecord, TestMetricFilterCommand } from "@aws-sdk/client-cloudwatch-logs";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, Lines, linesOf, Name, PlainTable, useAction } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings";

/** TestMetricFilter takes so many. */
const MOST = 50;

export function PatternTest({ group, pattern }: { group: string; pattern: string }) {
  const t = useText(strings);
  const logs = useClient(CloudWatchLogsClient);
  const [messages, setMessages] = useState("");
  const [matches, setMatches] = useState<MetricFilterMatchRecord[]>();
  const input = { filterPattern: pattern, logEventMessages: linesOf(messages).slice(0, MOST) };
  const fetch = useAction(async () => {
    const answer = await logs.send(new FilterLogEventsCommand({ logGroupName: group, limit: MOST }));
    setMessages((answer.events ?? []).map(({ message = "" }) => message.replaceAll("\n", " ")).join("\n"));
  });
  const test = useAction(async () => {
    setMatches((await logs.send(new TestMetricFilterCommand(input))).matches ?? []);
  });
  return (
    <SpaceBetween size="m">
      <Lines
        label={t("messages")}
        description={t("messagesHint")}
        rows={5}
        value={messages}
        onChange={(written) => {
          setMessages(written);
          setMatches(undefined);
        }}
      />
      <SpaceBetween direction="horizontal" size="xs">
        <Button formAction="none" loading={fetch.busy} onClick={() => void fetch.run()}>
          {t("takeMessages")}
        </Button>
        <Button formAction="none" loading={test.busy} disabled={input.logEventMessages.length === 0} onClick={() => void test.run()}>
          {t("test")}
        </Button>
      </SpaceBetween>
      <ErrorAlert error={fetch.error ?? test.error} />
      {matches ? (
        <PlainTable<MetricFilterMatchRecord>
          title={t("matched", { count: matches.length, all: input.logEventMessages.length })}
          items={matches}
          id={(match) => String(match.eventNumber)}
          columns={[
            { id: "number", header: "#", cell: (match) => String(match.eventNumber ?? "") },
            { id: "message", header: t("message"), cell: (match) => <Name>{match.eventMessage}</Name> },
            {
              id: "values",
              header: t("extracted"),
              cell: (match) => (
                <Name>
                  {Object.entries(match.extractedValues ?? {})
                    .map(([field, found]) => `${field} = ${found}`)
                    .join(", ")}
                </Name>
              ),
            },
          ]}
          empty={{ title: t("nothingMatched"), text: t("nothingMatchedText") }}
        />
      ) : null}
      <CliPanel commands={[cli("logs", "TestMetricFilter", input)]} />
    </SpaceBetween>
  );
}
