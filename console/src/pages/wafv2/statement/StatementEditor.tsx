// A statement, and the statements inside of it.
import type { Scope } from "@aws-sdk/client-wafv2";
import Button from "@cloudscape-design/components/button";
import { Fragment } from "react";
import { useText } from "@/i18n";
import { Choice } from "../Choice";
import { kindOf } from "../draft";
import { newStatement, type Part, STATEMENTS } from "../kinds";
import { strings, wordOf } from "../strings";
import { changed, type Document, documentOf, type Json, listOf } from "../wire";
import { PartEditor } from "./Parts";
import "../wafv2.css";

export interface StatementProperties {
  value: Document;
  onChange: (value: Document) => void;
  scope: Scope;
  /** What the group is called, to people who hear the page. */
  label: string;
  /** Whether it is a rule's own statement. */
  top?: boolean;
  /** In a rule group, which cannot refer to others. */
  inGroup?: boolean;
  /** Takes it out of the statements that it is one of. */
  remove?: { label: string; isPossible: boolean; act: () => void };
}

/** What stands beside the kind of a statement, in one line; of these the wide ones take what room there is. */
const BESIDE = new Set<Part["part"]>(["text", "number", "search", "words", "choice", "arn"]);
const WIDE = new Set<Part["part"]>(["text", "search", "words"]);

export function StatementEditor({ value, onChange, scope, label, top = false, inGroup = false, remove }: StatementProperties) {
  const t = useText(strings);
  const kind = kindOf(value);
  const body = documentOf(value[kind]);
  const parts = STATEMENTS[kind]?.parts ?? [];
  const offered = Object.entries(STATEMENTS).filter(([name, one]) => (top || !one.top) && !(inGroup && name.includes("RuleGroup")));
  const set = (members: Record<string, Json | undefined>) => {
    onChange({ [kind]: changed(body, members) });
  };
  return (
    <div className="waf-nest" role="group" aria-label={label}>
      <div className="waf-row">
        <div className="waf-kind">
          <Choice
            label={t("statement")}
            value={kind}
            filtering
            options={offered.map(([name]) => name)}
            onChange={(chosen) => {
              if (chosen !== kind) onChange(isWrapper(chosen) ? wrapped(chosen, value, top) : newStatement(chosen));
            }}
          />
        </div>
        {parts
          .filter(({ part }) => BESIDE.has(part))
          .map((part, index) => (
            <div key={`${kind} ${index}`} className={WIDE.has(part.part) ? "waf-wide" : undefined}>
              <PartEditor part={part} body={body} set={set} scope={scope} />
            </div>
          ))}
        {remove ? <Button iconName="close" variant="icon" ariaLabel={remove.label} disabled={!remove.isPossible} onClick={remove.act} /> : null}
      </div>
      {parts
        .filter(({ part }) => !BESIDE.has(part))
        .map((part, index) => {
          if (part.part === "nested")
            return <StatementEditor key="nested" label={t("negated")} scope={scope} value={documentOf(body["Statement"])} onChange={(Statement) => set({ Statement })} />;
          if (part.part === "list")
            return <Several key="list" between={t(kind === "AndStatement" ? "and" : "or")} scope={scope} value={listOf(body["Statements"])} onChange={(Statements) => set({ Statements })} />;
          if (part.part === "scopeDown") return <ScopeDown key="scope" scope={scope} value={body["ScopeDownStatement"]} onChange={(ScopeDownStatement) => set({ ScopeDownStatement })} />;
          return <PartEditor key={`${kind} ${index}`} part={part} body={body} set={set} scope={scope} />;
        })}
    </div>
  );
}

/** What a statement is of, in a word: of some, what it refers to. */
export function aboutStatement(t: Parameters<typeof wordOf>[0], statement: Document): string[] {
  const kind = kindOf(statement);
  const name = documentOf(statement[kind])["Name"];
  return [wordOf(t, kind), ...(typeof name === "string" ? [name] : [])];
}

function isWrapper(kind: string): boolean {
  return kind === "AndStatement" || kind === "OrStatement" || kind === "NotStatement";
}

/** A statement becomes part of the new one, so that nothing that was entered is lost. */
function wrapped(kind: string, value: Document, top: boolean): Document {
  const was = kindOf(value);
  const inside = documentOf(value[was]);
  if (top && STATEMENTS[was]?.top) return newStatement(kind);
  if (kind === "NotStatement") return { NotStatement: { Statement: value } };
  if (was === "AndStatement" || was === "OrStatement") return { [kind]: inside };
  return { [kind]: { Statements: [value, { LabelMatchStatement: { Scope: "LABEL", Key: "suspect" } }] } };
}

interface SeveralProperties {
  value: Json[];
  onChange: (value: Json[]) => void;
  scope: Scope;
  /** The word between two of them. */
  between: string;
}

function Several({ value, onChange, scope, between }: SeveralProperties) {
  const t = useText(strings);
  return (
    <>
      {value.map((one, index) => (
        <Fragment key={index}>
          {index > 0 ? <div className="waf-between">{between}</div> : null}
          <StatementEditor
            label={t("part", { number: index + 1 })}
            scope={scope}
            value={documentOf(one)}
            onChange={(next) => {
              onChange(value.map((other, place) => (place === index ? next : other)));
            }}
            remove={{
              label: t("removePart", { number: index + 1 }),
              isPossible: value.length > 2,
              act: () => {
                onChange(value.filter((_, place) => place !== index));
              },
            }}
          />
        </Fragment>
      ))}
      <div>
        <Button
          iconName="add-plus"
          onClick={() => {
            onChange([...value, newStatement("ByteMatchStatement")]);
          }}
        >
          {t("addStatement")}
        </Button>
      </div>
    </>
  );
}

interface ScopeDownProperties {
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  scope: Scope;
}

function ScopeDown({ value, onChange, scope }: ScopeDownProperties) {
  const t = useText(strings);
  return (
    <>
      <div>
        <Button
          onClick={() => {
            onChange(value ? undefined : newStatement("ByteMatchStatement"));
          }}
        >
          {t(value ? "wholeScope" : "narrowScope")}
        </Button>
      </div>
      {value ? <StatementEditor label={t("scopeDown")} scope={scope} value={documentOf(value)} onChange={onChange} /> : null}
    </>
  );
}
