// Advanced queries: SQL's subset over the current state of everything that is recorded.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, cli, CodeEditor, Page } from "@/kit";
import { changeQuery, useQueryValue } from "@/router";
import { EXAMPLES } from "./examples";
import { QueryResults } from "./QueryResults";
import { strings } from "./strings";

export function QueryPage() {
  const t = useText(strings);
  const [asked] = useQueryValue("q");
  const [text, setText] = useState(asked || EXAMPLES[0].expression);
  const [run, setRun] = useState(0);
  const start = () => {
    changeQuery({ q: text.trim() }, { replace: false });
    setRun((count) => count + 1);
  };
  const options = EXAMPLES.map(({ name, expression }) => ({ value: expression, label: t(name) }));
  return (
    <Page title={t("query")} description={t("queryText")} help={t("helpQuery")}>
      <Container footer={<CliPanel commands={[cli("configservice", "SelectResourceConfig", { Expression: text.trim() })]} />}>
        <SpaceBetween size="m">
          <FormField label={t("examples")}>
            <Select
              options={options}
              placeholder={t("choose")}
              selectedOption={options.find(({ value }) => value === text) ?? null}
              onChange={({ detail }) => {
                setText(detail.selectedOption.value ?? "");
              }}
            />
          </FormField>
          <CodeEditor language="sql" ariaLabel={t("expression")} minLines={5} value={text} onChange={setText} onRun={start} />
          <Button variant="primary" disabled={text.trim() === ""} onClick={start}>
            {t("run")}
          </Button>
        </SpaceBetween>
      </Container>
      {asked ? <QueryResults key={asked} expression={asked} run={run} /> : null}
    </Page>
  );
}
