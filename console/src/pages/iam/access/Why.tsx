// "Why was this decided so?" of a recorded call, or of a question.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, Explained, type Explanation, Page, TextField, useCall } from "@/kit";
import { changeQuery, usePlace } from "@/router";
import { garrisonCall } from "@/session";
import { strings } from "../strings/account";
import { contextMap, QuestionFields } from "./Question";

const NAMES = ["request", "principal", "action", "resource", "context"] as const;
type Asked = Record<(typeof NAMES)[number], string>;

function inputOf({ request, principal, action, resource, context }: Asked): object | undefined {
  // An event's ID is a UUID; so is a request's: the first that is found is meant.
  if (request) return { RequestId: request };
  if (!principal || !action) return undefined;
  return { Principal: principal, Action: action, ...(resource ? { Resource: resource } : {}), ...(context ? { Context: contextMap(context) } : {}) };
}

async function explain(asked: Asked, signal: AbortSignal): Promise<Explanation[]> {
  const input = inputOf(asked);
  if (!input) return [];
  const ask = async (given: object) => (await garrisonCall<{ Explanations?: Explanation[] }>("Explain", given, signal)).Explanations ?? [];
  if (!asked.request) return ask(input);
  return ask(input).catch(() => ask({ EventId: asked.request }));
}

export function WhyPage() {
  const t = useText(strings);
  const { query } = usePlace();
  const asked = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""])) as Asked;
  const [typed, setTyped] = useState(asked);
  const [kind, setKind] = useState(asked.principal ? "question" : "request");
  const found = useCall((signal) => explain(asked, signal), Object.values(asked));
  const input = inputOf(asked);
  const isReady = kind === "request" ? typed.request !== "" : typed.principal !== "" && typed.action !== "";
  return (
    <Page title={t("why")} description={t("whyText")} help={t("whyHelp")}>
      <Container header={<Header>{t("whatToExplain")}</Header>}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            changeQuery(kind === "request" ? { request: typed.request, principal: undefined } : { ...typed, request: undefined });
          }}
        >
          <SpaceBetween size="m">
            <SegmentedControl
              label={t("whatToExplain")}
              selectedId={kind}
              options={[
                { id: "request", text: t("byRequest") },
                { id: "question", text: t("byQuestion") },
              ]}
              onChange={({ detail }) => {
                setKind(detail.selectedId);
              }}
            />
            {kind === "request" ? (
              <TextField
                label={t("requestId")}
                description={t("requestHint")}
                value={typed.request}
                onChange={(request) => {
                  setTyped({ ...typed, request: request.trim() });
                }}
              />
            ) : (
              <SpaceBetween size="m">
                <TextField
                  label={t("principal")}
                  placeholder="user/alice"
                  value={typed.principal}
                  onChange={(principal) => {
                    setTyped({ ...typed, principal: principal.trim() });
                  }}
                />
                <QuestionFields typed={typed} onChange={setTyped} />
              </SpaceBetween>
            )}
            <Button variant="primary" formAction="submit" disabled={!isReady}>
              {t("ask")}
            </Button>
          </SpaceBetween>
        </form>
      </Container>
      <ErrorAlert error={found.error} onRetry={found.reload} />
      {found.loading && input ? <Spinner /> : null}
      {found.data?.map((explanation, index) => (
        <Container key={index}>
          <Explained explanation={explanation} />
        </Container>
      ))}
      {input ? <CliPanel commands={[cli("garrison", "Explain", input)]} /> : null}
    </Page>
  );
}
