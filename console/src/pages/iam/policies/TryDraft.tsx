// What to do with a draft before it is saved: see what changes, simulate it, replay it.
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Tabs from "@cloudscape-design/components/tabs";
import { useText } from "@/i18n";
import { JsonDiff, type ReplayInput } from "@/kit";
import { useQueryValue } from "@/router";
import { strings } from "../strings/policies";
import { ReplayPanel } from "./ReplayPanel";
import { SimulatePanel } from "./SimulatePanel";

interface Properties {
  kind: ReplayInput["Kind"];
  document: string;
  /** What is in force, where there is something. */
  before?: string;
  principal?: string;
  resource?: string;
  replaces?: string;
}

export function TryDraft({ before, ...draft }: Properties) {
  const t = useText(strings);
  const [tab, setTab] = useQueryValue("try", "replay");
  const tabs = [
    { id: "replay", label: t("replay"), content: <ReplayPanel {...draft} /> },
    ...(draft.kind === "IDENTITY_POLICY"
      ? [{ id: "simulate", label: t("simulate"), content: <SimulatePanel document={draft.document} {...(draft.principal?.startsWith("arn:") ? { principal: draft.principal } : {})} /> }]
      : []),
    ...(before === undefined ? [] : [{ id: "difference", label: t("difference"), content: <JsonDiff before={before} after={draft.document} /> }]),
  ];
  return (
    <Container header={<Header>{t("check")}</Header>}>
      <Tabs
        ariaLabel={t("check")}
        activeTabId={tab}
        tabs={tabs}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
      />
    </Container>
  );
}
