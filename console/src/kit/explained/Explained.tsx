// Why one call is allowed or refused: the decision, what decided it, what each kind of policy said, and what would have to change.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import type { ExplainedStage, Explanation } from "../explain";
import { KeyValues } from "../KeyValues";
import { Name } from "../Name";
import { ScrollTable } from "../ScrollTable";
import { Edits } from "./Edits";
import { PolicyName, Statements } from "./Statements";
import { strings } from "./strings";
import "../kit.css";

export function Explained({ explanation }: { explanation: Explanation }) {
  const t = useText(strings);
  const { Action, Decision, DecidingStatements, HasChanged, Principal, Reason, Resource, Way = [] } = explanation;
  const isAllowed = Decision === "allowed";
  const word = isAllowed ? "allowed" : Decision === "explicitDeny" ? "explicitDeny" : "implicitDeny";
  return (
    <SpaceBetween size="l">
      <Box variant="h3">
        <StatusIndicator type={isAllowed ? "success" : "error"}>{t(word)}</StatusIndicator>
      </Box>
      {HasChanged ? <Alert type="info">{t("hasChanged")}</Alert> : null}
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
      {Way.length > 0 ? <Stages stages={Way} /> : null}
      {isAllowed ? null : <Changes changes={explanation.Changes ?? []} />}
    </SpaceBetween>
  );
}

const SAID: Record<ExplainedStage["Said"], StatusIndicatorProps.Type> = { allows: "success", denies: "error", silent: "info", absent: "stopped" };
const KINDS = { identity: "identity", resource: "resource_policy", trust: "trust", boundary: "boundary", session: "session", scp: "scp", rcp: "rcp" } as const;

function Stages({ stages }: { stages: ExplainedStage[] }) {
  const t = useText(strings);
  const kindOf = (stage: ExplainedStage) => (stage.PolicyType in KINDS ? t(KINDS[stage.PolicyType as keyof typeof KINDS]) : stage.PolicyType);
  const present = stages.filter(({ Said }) => Said !== "absent");
  const absent = stages.filter(({ Said }) => Said === "absent").map(kindOf);
  return (
    <div>
      <Box variant="h3">{t("stages")}</Box>
      {present.length > 0 ? (
        <ScrollTable label={t("stages")}>
          <thead>
            <tr>
              <th scope="col">{t("stage")}</th>
              <th scope="col">{t("said")}</th>
              <th scope="col">{t("policies")}</th>
            </tr>
          </thead>
          <tbody>
            {present.map((stage) => (
              <tr key={stage.PolicyType}>
                <th scope="row">{kindOf(stage)}</th>
                <td>
                  <StatusIndicator type={SAID[stage.Said]}>{t(`said_${stage.Said}`)}</StatusIndicator>
                </td>
                <td>
                  {stage.Policies?.map((policy) => (
                    <div key={policy}>
                      <PolicyName policy={policy} />
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      ) : null}
      {absent.length > 0 ? <Box color="text-body-secondary">{t("absent", { kinds: absent.join(t("comma")) })}</Box> : null}
    </div>
  );
}

function Changes({ changes }: { changes: NonNullable<Explanation["Changes"]> }) {
  const t = useText(strings);
  const [only] = changes;
  const title = t(changes.length > 1 ? "changes" : "change");
  return (
    <section aria-label={title}>
      <Box variant="h3">{title}</Box>
      {only ? null : t("noChange")}
      {only && changes.length === 1 ? <Edits edits={only.Edits} /> : null}
      {changes.length > 1
        ? changes.map((change, index) => (
            <ExpandableSection key={index} defaultExpanded={index === 0} headerText={t("changeNumber", { number: index + 1 })}>
              <Edits edits={change.Edits} />
            </ExpandableSection>
          ))
        : null}
    </section>
  );
}
