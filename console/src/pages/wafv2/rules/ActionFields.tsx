// What a rule, or a web ACL by default, does with a request.
import { useText } from "@/i18n";
import { TextField } from "@/kit";
import { Choice } from "../Choice";
import { kindOf } from "../draft";
import { ACTIONS } from "../statement/Overrides";
import { strings } from "../strings";
import { changed, type Document, documentOf, stringOf } from "../wire";

interface Properties {
  value: Document;
  onChange: (value: Document) => void;
  /** Only Allow and Block, as of a web ACL. */
  byDefault?: boolean;
}

export function ActionFields({ value, onChange, byDefault = false }: Properties) {
  const t = useText(strings);
  const kind = kindOf(value);
  const response = documentOf(documentOf(value[kind])["CustomResponse"]);
  const code = stringOf(response["ResponseCode"]);
  const body = stringOf(response["CustomResponseBodyKey"]);
  const respond = (members: Document) => {
    const next = changed(response, members);
    onChange({ Block: next["ResponseCode"] ? { CustomResponse: next } : {} });
  };
  return (
    <div className="waf-row">
      <Choice
        label={t("action")}
        value={kind}
        options={byDefault ? ACTIONS.slice(0, 2) : ACTIONS}
        onChange={(chosen) => {
          if (chosen !== kind) onChange({ [chosen]: {} });
        }}
      />
      {kind === "Block" ? (
        <TextField label={t("responseCode")} placeholder="403" type="number" inputMode="numeric" value={code} onChange={(text) => respond({ ResponseCode: Number(text) })} />
      ) : null}
      {kind === "Block" && code ? <TextField label={t("responseBody")} value={body} onChange={(CustomResponseBodyKey) => respond({ CustomResponseBodyKey })} /> : null}
    </div>
  );
}

/** Whether a group's rules act, or only count. */
export function GroupAction({ value, onChange }: { value: Document; onChange: (value: Document) => void }) {
  const t = useText(strings);
  return (
    <div className="waf-row">
      <Choice
        label={t("groupAction")}
        value={kindOf(value)}
        options={[
          { value: "None", label: t("groupActs") },
          { value: "Count", label: t("groupCounts") },
        ]}
        onChange={(chosen) => onChange({ [chosen]: {} })}
      />
    </div>
  );
}
