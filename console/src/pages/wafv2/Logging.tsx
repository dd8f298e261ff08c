// Where a web ACL's log goes, and what is kept out of it.
import {
  DeleteLoggingConfigurationCommand,
  type FieldToMatch,
  GetLoggingConfigurationCommand,
  type LoggingConfiguration,
  type LoggingFilter,
  PutLoggingConfigurationCommand,
  type Scope,
} from "@aws-sdk/client-wafv2";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, Confirm, ErrorAlert, flash, JsonEditor, type Mark, prettyJson, TextField, useAction, useCall, useUnsaved } from "@/kit";
import { failureOf } from "@/session";
import { jsonMark } from "./draft";
import { useWaf, wafCommand } from "./names";
import { Words } from "./statement/Words";
import { strings } from "./strings";

interface Properties {
  arn: string;
  name: string;
  scope: Scope;
}

const WHOLE = ["UriPath", "QueryString", "Method"] as const;

export function Logging({ arn, name, scope }: Properties) {
  const waf = useWaf(scope);
  const found = useCall(
    async (abortSignal): Promise<{ set?: LoggingConfiguration | undefined }> => {
      try {
        return { set: (await waf.send(new GetLoggingConfigurationCommand({ ResourceArn: arn }), { abortSignal })).LoggingConfiguration };
      } catch (error) {
        if (failureOf(error).code === "WAFNonexistentItemException") return {};
        throw error;
      }
    },
    [waf, arn],
  );
  if (found.error !== undefined) return <ErrorAlert error={found.error} onRetry={found.reload} />;
  return found.data ? <Edit key={JSON.stringify(found.data)} arn={arn} name={name} scope={scope} set={found.data.set} onSaved={found.reload} /> : null;
}

function redactedOf(set: LoggingConfiguration | undefined) {
  const fields = set?.RedactedFields ?? [];
  const headers = fields.flatMap(({ SingleHeader }) => (SingleHeader?.Name ? [SingleHeader.Name] : []));
  return { whole: WHOLE.filter((kind) => fields.some((field) => field[kind])) as string[], headers };
}

function textOfFilter(set: LoggingConfiguration | undefined): string {
  return set?.LoggingFilter ? prettyJson(JSON.stringify(set.LoggingFilter)) : "";
}

/** What is wrong with the filter's JSON; nothing where there is none. */
function filterMarks(text: string): Mark[] {
  if (!text.trim()) return [];
  try {
    JSON.parse(text);
    return [];
  } catch (problem) {
    return [jsonMark(text, problem instanceof Error ? problem.message : "JSON")];
  }
}

function filterOf(text: string): LoggingFilter | undefined {
  return text.trim() ? (JSON.parse(text) as LoggingFilter) : undefined;
}

function Edit({ arn, name, scope, set, onSaved }: Properties & { set: LoggingConfiguration | undefined; onSaved: () => void }) {
  const t = useText(strings);
  const waf = useWaf(scope);
  const [destination, setDestination] = useState(set?.LogDestinationConfigs?.[0] ?? "");
  const [redacted, setRedacted] = useState(() => redactedOf(set));
  const [filter, setFilter] = useState(textOfFilter(set));
  const [ending, setEnding] = useState(false);
  const RedactedFields: FieldToMatch[] = [...redacted.whole.map((kind) => ({ [kind]: {} })), ...redacted.headers.map((Name) => ({ SingleHeader: { Name } }))];
  const configuration = () => {
    const LoggingFilter = filterOf(filter);
    return { ResourceArn: arn, LogDestinationConfigs: [destination], ...(RedactedFields.length > 0 ? { RedactedFields } : {}), ...(LoggingFilter ? { LoggingFilter } : {}) };
  };
  const before = { destination: set?.LogDestinationConfigs?.[0] ?? "", redacted: redactedOf(set), filter: textOfFilter(set) };
  const isChanged = JSON.stringify({ destination, redacted, filter }) !== JSON.stringify(before);
  const unsaved = useUnsaved(isChanged);
  const save = useAction(async () => {
    await waf.send(new PutLoggingConfigurationCommand({ LoggingConfiguration: configuration() }));
    unsaved.forget();
    flash("success", t("saved"));
    onSaved();
  });
  return (
    <Container header={<Header description={t("loggingText")}>{t("logging")}</Header>}>
      <SpaceBetween size="m">
        <TextField label={t("destination")} description={t("destinationHint", { name })} value={destination} onChange={setDestination} />
        <FormField label={t("redacted")} description={t("redactedHint")}>
          <SpaceBetween direction="horizontal" size="m">
            {WHOLE.map((kind) => (
              <Checkbox
                key={kind}
                checked={redacted.whole.includes(kind)}
                onChange={({ detail }) => {
                  setRedacted({ ...redacted, whole: detail.checked ? [...redacted.whole, kind] : redacted.whole.filter((one) => one !== kind) });
                }}
              >
                {t(kind)}
              </Checkbox>
            ))}
          </SpaceBetween>
        </FormField>
        <Words label={t("redactedHeaders")} description={t("wordsHint")} value={redacted.headers} onChange={(headers) => setRedacted({ ...redacted, headers })} />
        <FormField label={t("filter")} description={t("filterHint")} stretch>
          <JsonEditor ariaLabel={t("filter")} value={filter} onChange={setFilter} minLines={4} marks={filterMarks(filter)} />
        </FormField>
        <SpaceBetween direction="horizontal" size="xs">
          <Button disabled={!set} onClick={() => setEnding(true)}>
            {t("stopLogging")}
          </Button>
          <Button variant="primary" disabled={!isChanged || !destination.startsWith("arn:") || filterMarks(filter).length > 0} loading={save.busy} onClick={() => void save.run()}>
            {t("save")}
          </Button>
        </SpaceBetween>
        <ErrorAlert error={save.error} />
        <CliPanel commands={[wafCommand("PutLoggingConfiguration", { LoggingConfiguration: { ResourceArn: arn, LogDestinationConfigs: [destination], RedactedFields } }, scope)]} />
      </SpaceBetween>
      {ending ? (
        <Confirm
          title={t("stopLogging")}
          action={t("stopLogging")}
          commands={[wafCommand("DeleteLoggingConfiguration", { ResourceArn: arn }, scope)]}
          onConfirm={async () => {
            await waf.send(new DeleteLoggingConfigurationCommand({ ResourceArn: arn }));
            unsaved.forget();
            flash("success", t("loggingStopped"));
          }}
          onClose={(done) => {
            setEnding(false);
            if (done) onSaved();
          }}
        >
          {t("stopLoggingText")}
        </Confirm>
      ) : null}
    </Container>
  );
}
