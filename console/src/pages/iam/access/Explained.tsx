// One explanation: the decision, what each kind of policy said, and what would have to change.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { Command, type ExplainedStatement, type Explanation, KeyValues, Name, ResourceTable } from "@/kit";
import { strings } from "../strings/account";
import { type Stage, statementText } from "./answers";

const SAID: Record<Stage["Said"], StatusIndicatorProps.Type> = { allows: "success", denies: "error", silent: "info", absent: "stopped" };

export function Explained({ explanation }: { explanation: Explanation }) {
  const t = useText(strings);
  const { Action, Changes = [], Decision, DecidingStatements, HasChanged, Principal, Reason, Resource, Way = [] } = explanation;
  const isAllowed = Decision === "allowed";
  const word = isAllowed ? "allowed" : Decision === "explicitDeny" ? "explicitDeny" : "implicitDeny";
  return (
    <Container header={<Header>{<StatusIndicator type={isAllowed ? "success" : "error"}>{t(word)}</StatusIndicator>}</Header>}>
      <SpaceBetween size="l">
        {HasChanged ? <Alert type="info">{t("changed")}</Alert> : null}
        <KeyValues
          facts={[
            [t("principal"), <Name key="principal">{Principal}</Name>],
            [t("action"), <Name key="action">{Action}</Name>],
            [t("resource"), <Name key="resource">{Resource}</Name>],
          ]}
        />
        <bdi>{Reason}</bdi>
        {DecidingStatements.length > 0 ? (
          <section aria-label={t("decided")}>
            <Box variant="h3">{t("decided")}</Box>
            <Statements statements={DecidingStatements} />
          </section>
        ) : null}
        <ResourceTable<Stage>
          plain
          variant="embedded"
          heading="h3"
          name="iam.way"
          title={t("stages")}
          items={Way}
          id={(stage) => stage.PolicyType}
          columns={[
            { id: "kind", header: t("stage"), value: (stage) => stage.PolicyType },
            { id: "said", header: t("said"), cell: (stage) => <StatusIndicator type={SAID[stage.Said]}>{t(`said_${stage.Said}`)}</StatusIndicator> },
            { id: "policies", header: t("statements"), cell: (stage) => <Name>{stage.Policies?.join(", ")}</Name> },
          ]}
          empty={{ title: t("stages"), text: "" }}
        />
        {isAllowed ? null : (
          <section aria-label={t("changes")}>
            <Box variant="h3">{t("changes")}</Box>
            {Changes.length === 0 ? t("noChange") : null}
            {Changes.map((change, index) => (
              <ExpandableSection key={index} defaultExpanded={index === 0} headerText={t("changeNumber", { number: index + 1 })}>
                {change.Edits.map((edit, at) => (
                  <div key={at}>
                    <bdi>{edit.Summary}</bdi>
                    <Command>{edit.Diff.join("\n")}</Command>
                  </div>
                ))}
              </ExpandableSection>
            ))}
          </section>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Statements({ statements }: { statements: ExplainedStatement[] }) {
  const t = useText(strings);
  return (
    <ul>
      {statements.map((statement, index) => (
        <li key={index}>
          <bdi>{statementText(statement)}</bdi>
          <ul>
            {statement.Conditions?.map((condition, at) => (
              <li key={at}>
                <bdi>
                  {t("condition", {
                    operator: condition.Operator,
                    key: condition.Key,
                    wanted: condition.PolicyValues.join(", "),
                    actual: condition.ActualValues?.join(", ") ?? t("noValue"),
                  })}
                </bdi>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
