// The rules of a draft, to see and as JSON: both are views of the same draft.
import type { Scope } from "@aws-sdk/client-wafv2";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useText } from "@/i18n";
import { JsonEditor, prettyJson } from "@/kit";
import { useQueryValue } from "@/router";
import { type Draft, parseDraft } from "../draft";
import { strings } from "../strings";
import { Capacity, refusalMarks, useCapacity } from "./Capacity";
import { RuleList } from "./RuleList";

interface Properties {
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** Told whether the JSON that somebody types is a draft. */
  onBroken: (broken: boolean) => void;
  scope: Scope;
  /** What the rules may cost. */
  most: number;
  inGroup?: boolean;
}

interface Typed {
  text: string;
  /** The draft that the text says; undefined where it says none. */
  of?: Draft;
}

export function Builder({ draft, onChange, onBroken, scope, most, inGroup = false }: Properties) {
  const t = useText(strings);
  const [view, setView] = useQueryValue("view", "visual");
  const [typed, setTyped] = useState<Typed>();
  const text = typed && (typed.of === undefined || typed.of === draft) ? typed.text : prettyJson(draft);
  const { marks } = parseDraft(text, (what) => t("draftWrong", { what }));
  const broken = marks.length > 0;
  const checked = useCapacity(scope, draft.Rules);
  const write = (next: string) => {
    const parsed = parseDraft(next, (what) => t("draftWrong", { what }));
    setTyped(parsed.draft ? { text: next, of: parsed.draft } : { text: next });
    onBroken(!parsed.draft);
    if (parsed.draft) onChange(parsed.draft);
  };
  return (
    <SpaceBetween size="m">
      <div className="waf-bar">
        <SegmentedControl
          label={t("view")}
          selectedId={broken ? "json" : view}
          options={[
            { id: "visual", text: t("visual"), disabled: broken },
            { id: "json", text: "JSON" },
          ]}
          onChange={({ detail }) => {
            setView(detail.selectedId);
          }}
        />
        <Capacity checked={checked} rules={draft.Rules} most={most} />
      </div>
      {broken || view === "json" ? (
        <>
          <JsonEditor ariaLabel={t("draftJson")} value={text} onChange={write} marks={broken ? marks : refusalMarks(text, checked)} minLines={16} maxLines={40} />
          {marks.map(({ message, line }) => (
            <StatusIndicator key={line} type="error">
              <bdi>{t("atLine", { line, message })}</bdi>
            </StatusIndicator>
          ))}
        </>
      ) : (
        <RuleList draft={draft} onChange={onChange} scope={scope} inGroup={inGroup} />
      )}
    </SpaceBetween>
  );
}
