// A statement, and the statements inside of it.
import Button from "@cloudscape-design/components/button";
import type { Scope } from "@aws-sdk/client-wafv2";
import { useText } from "@/i18n";
import { Choice } from "../Choice";
import { kindOf } from "../draft";
import { newStatement, STATEMENTS } from "../kinds";
import { strings } from "../strings";
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
}

export function StatementEditor({ value, onChange, scope, label, top = false, inGroup = false }: StatementProperties) {
  const t = useText(strings);
  const kind = kindOf(value);
  const body = documentOf(value[kind]);
  const offered = Object.entries(STATEMENTS).filter(([name, one]) => (top || !one.top) && !(inGroup && name.includes("RuleGroup")));
  const set = (members: Record<string, Json | undefined>) => {
    onChange({ [kind]: changed(body, members) });
  };
  return (
    <div className="waf-nest" role="group" aria-label={label}>
      <Choice
        label={t("statement")}
        value={kind}
        filtering
        options={offered.map(([name]) => ({ value: name, label: kindText(t, name) }))}
        onChange={(chosen) => {
          if (chosen !== kind) onChange(isWrapper(chosen) ? wrapped(chosen, value, top) : newStatement(chosen));
        }}
      />
      {STATEMENTS[kind]?.parts.map((part, index) => {
        if (part.part === "nested")
          return <StatementEditor key="nested" label={t("negated")} scope={scope} value={documentOf(body["Statement"])} onChange={(Statement) => set({ Statement })} />;
        if (part.part === "list") return <Several key="list" scope={scope} value={listOf(body["Statements"])} onChange={(Statements) => set({ Statements })} />;
        if (part.part === "scopeDown") return <ScopeDown key="scope" scope={scope} value={body["ScopeDownStatement"]} onChange={(ScopeDownStatement) => set({ ScopeDownStatement })} />;
        return <PartEditor key={index} part={part} body={body} set={set} scope={scope} />;
      })}
    </div>
  );
}

type StatementText = "ByteMatchStatement" | "SqliMatchStatement" | "XssMatchStatement" | "GeoMatchStatement" | "RateBasedStatement";

/** What a kind of statement is called. */
export function kindText(t: (key: StatementText) => string, kind: string): string {
  return kind in strings.en ? t(kind as StatementText) : kind;
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
}

function Several({ value, onChange, scope }: SeveralProperties) {
  const t = useText(strings);
  return (
    <>
      {value.map((one, index) => (
        <div key={index}>
          <StatementEditor
            label={t("part", { number: index + 1 })}
            scope={scope}
            value={documentOf(one)}
            onChange={(next) => {
              onChange(value.map((other, place) => (place === index ? next : other)));
            }}
          />
          <Button
            variant="inline-link"
            disabled={value.length <= 2}
            ariaLabel={t("removePart", { number: index + 1 })}
            onClick={() => {
              onChange(value.filter((_, place) => place !== index));
            }}
          >
            {t("remove")}
          </Button>
        </div>
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
