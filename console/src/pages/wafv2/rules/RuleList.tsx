// The rules in order. They are moved by buttons, so that a keyboard is enough.
import type { Scope } from "@aws-sdk/client-wafv2";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { type Draft, moved, newRule, type Rule } from "../draft";
import { newStatement, STATEMENTS } from "../kinds";
import { strings, wordOf } from "../strings";
import { ActionFields } from "./ActionFields";
import { RuleCard } from "./RuleCard";
import "../wafv2.css";

interface Properties {
  draft: Draft;
  onChange: (draft: Draft) => void;
  scope: Scope;
  inGroup: boolean;
}

let last = 0;

/** Ids that stay with rules while they are moved and renamed. */
function fresh(count: number): string[] {
  return Array.from({ length: count }, () => `waf-rule-${(last += 1)}`);
}

export function RuleList({ draft, onChange, scope, inGroup }: Properties) {
  const t = useText(strings);
  const rules = draft.Rules;
  const [kept, setKept] = useState(() => fresh(rules.length));
  const [open, setOpen] = useState<string>();
  const [said, setSaid] = useState("");
  const ids = kept.length === rules.length ? kept : rules.map((_, index) => kept[index] ?? `waf-rule-new-${index}`);
  const set = (next: Rule[], keys: string[]) => {
    setKept(keys);
    onChange({ ...draft, Rules: next });
  };
  const move = (index: number, by: number) => {
    const keys = [...ids];
    const [id = ""] = keys.splice(index, 1);
    keys.splice(index + by, 0, id);
    set(moved(rules, index, by), keys);
    setSaid(t("movedTo", { name: rules[index]?.Name ?? "", place: index + by + 1 }));
    requestAnimationFrame(() => {
      const buttons = [...(document.getElementById(id)?.querySelectorAll<HTMLButtonElement>(".waf-moves button") ?? [])];
      (by < 0 ? buttons : buttons.toReversed()).find((one) => !one.disabled)?.focus();
    });
  };
  const kinds = Object.keys(STATEMENTS).filter((kind) => !(inGroup && kind.includes("RuleGroup")));
  const add = (
    <ButtonDropdown
      items={kinds.map((id) => ({ id, text: wordOf(t, id) }))}
      onItemClick={({ detail }) => {
        const [id = ""] = fresh(1);
        set([...rules, newRule(rules, newStatement(detail.id))], [...ids, id]);
        setOpen(id);
      }}
    >
      {t("addRule")}
    </ButtonDropdown>
  );
  return (
    <SpaceBetween size="s">
      <LiveRegion hidden>{said}</LiveRegion>
      {rules.length === 0 ? <Container>{t("rulesEmpty")}</Container> : null}
      <ol className="waf-list" aria-label={t("rules")}>
        {rules.map((rule, index) => (
          <li key={ids[index]} id={ids[index]}>
            <RuleCard
              rule={rule}
              number={index + 1}
              scope={scope}
              inGroup={inGroup}
              isOpen={open === ids[index]}
              onOpen={(isOpen) => {
                setOpen(isOpen ? ids[index] : undefined);
              }}
              onChange={(next) => {
                set(
                  rules.map((one, place) => (place === index ? next : one)),
                  ids,
                );
              }}
              buttons={
                <span className="waf-moves">
                  <Button iconName="angle-up" variant="icon" ariaLabel={t("moveUp", { name: rule.Name })} disabled={index === 0} onClick={() => move(index, -1)} />
                  <Button iconName="angle-down" variant="icon" ariaLabel={t("moveDown", { name: rule.Name })} disabled={index === rules.length - 1} onClick={() => move(index, 1)} />
                  <Button
                    iconName="remove"
                    variant="icon"
                    ariaLabel={t("removeRule", { name: rule.Name })}
                    onClick={() => {
                      set(
                        rules.filter((_, place) => place !== index),
                        ids.filter((_, place) => place !== index),
                      );
                    }}
                  />
                </span>
              }
            />
          </li>
        ))}
      </ol>
      <div>{add}</div>
      {draft.DefaultAction ? (
        <Container header={<Header description={t("defaultActionHint")}>{t("defaultAction")}</Header>}>
          <ActionFields byDefault value={draft.DefaultAction} onChange={(DefaultAction) => onChange({ ...draft, DefaultAction })} />
        </Container>
      ) : null}
    </SpaceBetween>
  );
}
