// What a rule matched in a sampled request: by the web ACL's log where it goes to a log group, else by the rule's own words.
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetLoggingConfigurationCommand, type HTTPRequest, type WAFV2Client } from "@aws-sdk/client-wafv2";
import { failureOf } from "@/session";
import { type Document, type Json, documentOf, listOf, stringOf, textOf } from "./wire";

const AROUND_MILLISECONDS = 2000;

/** The log group that a web ACL logs to; undefined where there is none. */
export async function logGroupOf(waf: WAFV2Client, arn: string, abortSignal: AbortSignal): Promise<string | undefined> {
  try {
    const { LoggingConfiguration } = await waf.send(new GetLoggingConfigurationCommand({ ResourceArn: arn }), { abortSignal });
    const destination = LoggingConfiguration?.LogDestinationConfigs?.[0] ?? "";
    return /:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(destination)?.[1];
  } catch (error) {
    if (failureOf(error).code === "WAFNonexistentItemException") return undefined;
    throw error;
  }
}

/** The matched data of the log's record of a request. */
export async function loggedMatches(logs: CloudWatchLogsClient, logGroupName: string, at: Date, request: HTTPRequest, abortSignal: AbortSignal): Promise<string[]> {
  const time = at.getTime();
  const asked = { logGroupName, startTime: time - AROUND_MILLISECONDS, endTime: time + AROUND_MILLISECONDS, limit: 1000 };
  const { events = [] } = await logs.send(new FilterLogEventsCommand(asked), { abortSignal });
  for (const { message = "" } of events) {
    const record = documentOf(read(message));
    const logged = documentOf(record["httpRequest"]);
    const target = stringOf(logged["uri"]) + (stringOf(logged["args"]) ? `?${stringOf(logged["args"])}` : "");
    const isIt = stringOf(logged["clientIp"]) === request.ClientIP && (request.URI ?? "").startsWith(stringOf(logged["uri"])) && stringOf(logged["httpMethod"]) === request.Method;
    if (isIt && (target === request.URI || stringOf(logged["uri"]) === request.URI)) return [...new Set(matchedData(record))];
  }
  return [];
}

function read(message: string): Json {
  try {
    return JSON.parse(message) as Json;
  } catch {
    return null;
  }
}

/** Every `matchedData` in a record, of the rule that ended it and of those that counted. */
function matchedData(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(matchedData);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, one]) => (name === "matchedData" ? listOf(one).map(String) : matchedData(one)));
}

/** The words that a rule's statements look for. */
export function wordsOf(statement: Json): string[] {
  if (Array.isArray(statement)) return statement.flatMap(wordsOf);
  if (statement === null || typeof statement !== "object") return [];
  return Object.entries(statement as Document).flatMap(([name, one]) => (name === "SearchString" ? [textOf(stringOf(one)) ?? ""] : name === "NotStatement" ? [] : wordsOf(one)));
}
