// CloudTrail Lake: ask the events in SQL.
import { CloudTrailClient, type EventDataStore, ListEventDataStoresCommand, StartQueryCommand } from "@aws-sdk/client-cloudtrail";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, CodeEditor, ErrorAlert, Page, useAction, useCall, useUnsaved } from "@/kit";
import { changeQuery, usePlace } from "@/router";
import { useClient } from "@/session";
import { strings } from "../strings";
import { CreateStore } from "./CreateStore";
import { COLUMNS, QUESTIONS, storeId } from "./questions";
import { Results } from "./Results";

export function LakePage() {
  const t = useText(strings);
  const trail = useClient(CloudTrailClient);
  const [creating, setCreating] = useState(false);
  const stores = useCall(
    async (abortSignal) => {
      const found: EventDataStore[] = [];
      let token: string | undefined;
      do {
        const answer = await trail.send(new ListEventDataStoresCommand({ NextToken: token }), { abortSignal });
        found.push(...(answer.EventDataStores ?? []));
        token = answer.NextToken;
      } while (token);
      return found;
    },
    [trail],
  );
  const create = (
    <Button
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createStore")}
    </Button>
  );
  return (
    <Page title={t("lake")} description={t("lakeText")} help={t("lakeHelp")} actions={stores.data?.length ? create : undefined}>
      <ErrorAlert error={stores.error} onRetry={stores.reload} />
      {stores.data?.length === 0 ? (
        <Container header={<Header variant="h2">{t("storesEmpty")}</Header>}>
          <SpaceBetween size="s">
            {t("storesEmptyText")}
            {create}
          </SpaceBetween>
        </Container>
      ) : null}
      {stores.data && stores.data.length > 0 ? <Asking stores={stores.data} /> : null}
      {creating ? (
        <CreateStore
          onClose={(done) => {
            setCreating(false);
            if (done) stores.reload();
          }}
        />
      ) : null}
    </Page>
  );
}

function Asking({ stores }: { stores: EventDataStore[] }) {
  const t = useText(strings);
  const trail = useClient(CloudTrailClient);
  const { query } = usePlace();
  const first = storeId(stores[0]?.EventDataStoreArn ?? "");
  const [store, setStore] = useState(query.get("store") ?? first);
  // What was run is in the address, and a question to begin with is there to be chosen again: only what one wrote beyond that can be lost.
  const [kept, setKept] = useState(query.get("sql") ?? QUESTIONS[0].sql.replaceAll("$STORE", first));
  const [statement, setStatement] = useState(kept);
  const isChanged = statement !== kept && statement.trim() !== "";
  useUnsaved(isChanged);
  const begin = (text: string) => {
    if (isChanged && !window.confirm(t("replaceQuestion"))) return;
    setKept(text);
    setStatement(text);
  };
  const [asked, setAsked] = useState<string>();
  const ask = useAction(async () => {
    changeQuery({ sql: statement, store });
    setKept(statement);
    const { QueryId } = await trail.send(new StartQueryCommand({ QueryStatement: statement }));
    setAsked(QueryId);
  });
  const options = stores.map((one) => ({ value: storeId(one.EventDataStoreArn ?? ""), label: one.Name ?? "", description: storeId(one.EventDataStoreArn ?? "") }));
  const questions = QUESTIONS.map(({ id }) => ({ value: id, label: t(id) }));
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{t("question")}</Header>}>
        <SpaceBetween size="m">
          <div className="g-fields">
            <FormField label={t("store")} stretch>
              <Select
                selectedOption={options.find(({ value }) => value === store) ?? null}
                options={options}
                onChange={({ detail }) => {
                  const chosen = detail.selectedOption.value ?? store;
                  setStatement(statement.replaceAll(store, chosen));
                  setKept(kept.replaceAll(store, chosen));
                  setStore(chosen);
                }}
              />
            </FormField>
            <FormField label={t("example")} stretch>
              <Select
                selectedOption={null}
                placeholder={t("chooseExample")}
                options={questions}
                onChange={({ detail }) => {
                  const chosen = QUESTIONS.find(({ id }) => id === detail.selectedOption.value);
                  if (chosen) begin(chosen.sql.replaceAll("$STORE", store));
                }}
              />
            </FormField>
          </div>
          <CodeEditor
            language="sql"
            value={statement}
            onChange={setStatement}
            ariaLabel={t("question")}
            tables={{ [store]: COLUMNS }}
            minLines={6}
            maxLines={25}
            onRun={() => void ask.run()}
          />
          <ErrorAlert error={ask.error} />
          <Button variant="primary" loading={ask.busy} disabled={statement.trim() === ""} onClick={() => void ask.run()}>
            {t("run")}
          </Button>
          <CliPanel commands={[cli("cloudtrail", "StartQuery", { QueryStatement: statement }), `garrison query '${statement.replaceAll(store, "cloudtrail_events").replaceAll("'", `'\\''`)}'`]} />
        </SpaceBetween>
      </Container>
      {asked ? <Results key={asked} query={asked} /> : null}
    </SpaceBetween>
  );
}
