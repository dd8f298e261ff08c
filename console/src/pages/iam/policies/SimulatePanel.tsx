// "Would it allow this?": a draft in the policy simulator.
import {
  type EvaluationResult,
  IAMClient,
  SimulateCustomPolicyCommand,
  type SimulateCustomPolicyCommandInput,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, Lines, linesOf, Name, ResourceTable, TextField, useAction } from "@/kit";
import { useClient } from "@/session";
import { strings } from "../strings/policies";
import { contextOf } from "./context";
import { actionsIn } from "./documents";

interface Properties {
  document: string;
  /** The ARN of whom the draft hangs on. */
  principal?: string;
}

export function SimulatePanel({ document, principal = "" }: Properties) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [written, setWritten] = useState(principal);
  const [actions, setActions] = useState(() => actionsIn(document).slice(0, 20).join("\n"));
  const [resources, setResources] = useState("*");
  const [context, setContext] = useState("");
  const [results, setResults] = useState<EvaluationResult[]>([]);
  const input: SimulateCustomPolicyCommandInput & Omit<SimulatePrincipalPolicyCommandInput, "PolicySourceArn"> = {
    PolicyInputList: [document],
    ActionNames: linesOf(actions),
    ResourceArns: linesOf(resources),
    ...(context.trim() ? { ContextEntries: contextOf(linesOf(context)) } : {}),
  };
  const withPrincipal = { PolicySourceArn: written.trim(), ...input };
  const run = useAction(async () => {
    const found: EvaluationResult[] = [];
    let Marker: string | undefined;
    do {
      const answer = written.trim()
        ? await iam.send(new SimulatePrincipalPolicyCommand({ ...withPrincipal, Marker }))
        : await iam.send(new SimulateCustomPolicyCommand({ ...input, Marker }));
      found.push(...(answer.EvaluationResults ?? []));
      Marker = answer.IsTruncated ? answer.Marker : undefined;
    } while (Marker);
    setResults(found);
  });
  return (
    <SpaceBetween size="m">
      <div>{t("simulateText")}</div>
      <ColumnLayout columns={2}>
        <Lines label={t("actions")} description={t("actionsHint")} value={actions} onChange={setActions} />
        <Lines label={t("resources")} description={t("resourcesHint")} value={resources} onChange={setResources} />
        <TextField label={t("simulatePrincipal")} description={t("simulatePrincipalHint")} value={written} onChange={setWritten} />
        <Lines label={t("context")} description={t("contextHint")} value={context} onChange={setContext} />
      </ColumnLayout>
      <Button loading={run.busy} disabled={linesOf(actions).length === 0} onClick={() => void run.run()}>
        {t("runSimulation")}
      </Button>
      <ErrorAlert error={run.error} />
      <ResourceTable<EvaluationResult>
        plain
        heading="h3"
        variant="embedded"
        name="iam.simulation"
        title={t("simulate")}
        items={results}
        id={(one) => `${one.EvalActionName ?? ""} ${one.EvalResourceName ?? ""}`}
        columns={[
          { id: "action", header: t("action"), value: (one) => one.EvalActionName },
          { id: "resource", header: t("resource"), value: (one) => one.EvalResourceName },
          { id: "decision", header: t("decision"), cell: (one) => <Decision value={one.EvalDecision} /> },
          { id: "statements", header: t("statements"), cell: (one) => <Name>{statementsOf(one)}</Name> },
          { id: "missing", header: t("missingContext"), cell: (one) => <Name>{one.MissingContextValues?.join(", ")}</Name> },
        ]}
        empty={{ title: t("simulationEmpty"), text: t("simulationEmptyText") }}
      />
      <CliPanel commands={[written.trim() ? cli("iam", "SimulatePrincipalPolicy", withPrincipal) : cli("iam", "SimulateCustomPolicy", input)]} />
    </SpaceBetween>
  );
}

function statementsOf(result: EvaluationResult): string {
  return (result.MatchedStatements ?? []).map((one) => `${one.SourcePolicyId ?? ""}:${one.StartPosition?.Line ?? ""}`).join(", ");
}

export function Decision({ value }: { value: string | undefined }) {
  const t = useText(strings);
  if (value === "allowed") return <StatusIndicator>{t("allowed")}</StatusIndicator>;
  return <StatusIndicator type="error">{t(value === "explicitDeny" ? "explicitDeny" : "implicitDeny")}</StatusIndicator>;
}
