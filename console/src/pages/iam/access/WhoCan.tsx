// "Who can do this?"
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, Name, Page, ResourceTable, Statements } from "@/kit";
import { changeQuery, Link, usePlace } from "@/router";
import { garrisonCall } from "@/session";
import { arnPage, nameInArn } from "../names";
import { strings } from "../strings/account";
import type { Answer, WhoCan } from "./answers";
import { contextMap, QuestionFields } from "./Question";

const INDICATOR: Record<Answer["Certainty"], StatusIndicatorProps.Type> = { allowed: "success", conditional: "info", unknown: "warning" };

export function WhoCanPage() {
  const t = useText(strings);
  const { query } = usePlace();
  const action = query.get("action") ?? "";
  const resource = query.get("resource") ?? "";
  const context = query.get("context") ?? "";
  const [typed, setTyped] = useState({ action, resource, context });
  const [missing, setMissing] = useState<string[]>([]);
  const input = { Action: action, ...(resource ? { Resource: resource } : {}), ...(context ? { Context: contextMap(context) } : {}) };
  const ask = () => {
    changeQuery(typed);
  };
  return (
    <Page title={t("whoCan")} description={t("whoCanText")} help={t("whoCanHelp")}>
      <Container header={<Header>{t("byQuestion")}</Header>}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            ask();
          }}
        >
          <SpaceBetween size="m">
            <QuestionFields typed={typed} onChange={setTyped} />
            <Button variant="primary" formAction="submit" disabled={typed.action === ""}>
              {t("ask")}
            </Button>
          </SpaceBetween>
        </form>
      </Container>
      <ResourceTable<Answer>
        name="iam.who-can"
        title={t("whoCan")}
        dependencies={[action, resource, context]}
        load={async ({ token, signal }) => {
          if (!action) return { items: [], next: undefined };
          const answer = await garrisonCall<WhoCan>("WhoCan", { ...input, MaxResults: 200, ...(token ? { NextToken: token } : {}) }, signal);
          setMissing(answer.Missing ?? []);
          return { items: answer.Answers ?? [], next: answer.NextToken };
        }}
        filters={missing.length > 0 ? <StatusIndicator type="warning">{t("notCollected", { names: missing.join(", ") })}</StatusIndicator> : undefined}
        id={(answer) => answer.Principal}
        columns={[
          { id: "principal", header: t("principal"), value: (answer) => answer.Principal, cell: (answer) => <Who arn={answer.Principal} />, width: 320 },
          {
            id: "certainty",
            header: t("certainty"),
            value: (answer) => t(answer.Certainty),
            cell: (answer) => <StatusIndicator type={INDICATOR[answer.Certainty]}>{t(answer.Certainty)}</StatusIndicator>,
          },
          { id: "way", header: t("way"), value: (answer) => wayOf(answer) },
          { id: "takes", header: t("takes"), value: (answer) => takenBy(answer) },
          { id: "statements", header: t("statements"), cell: ({ Path = [] }) => <Statements statements={Path.flatMap((step) => step.Statements ?? [])} />, width: 420 },
        ]}
        empty={action ? { title: t("nobody"), text: t("nobodyText") } : { title: t("nothingAsked"), text: t("nothingAskedText") }}
      />
      {action ? <CliPanel commands={[cli("garrison", "WhoCan", input)]} /> : null}
    </Page>
  );
}

function Who({ arn }: { arn: string }) {
  const page = arnPage(arn);
  if (!page) return <Name>{arn}</Name>;
  return (
    <Link to={page}>
      <Name>{arn}</Name>
    </Link>
  );
}

/** The roles in between. */
function wayOf({ Path = [] }: Answer): string | undefined {
  const roles = Path.slice(1).map((step) => nameInArn(step.Principal));
  return roles.length > 0 ? roles.join(" → ") : undefined;
}

function takenBy({ Path = [], Missing = [] }: Answer): string | undefined {
  const values = Path.flatMap((step) => Object.entries(step.Context ?? {}).map(([key, texts]) => `${key} = ${texts.join(", ")}`));
  return [...values, ...Missing].join("; ") || undefined;
}
