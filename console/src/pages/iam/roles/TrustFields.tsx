// A few answers that a trust policy is made of.
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { useText } from "@/i18n";
import { TextField } from "@/kit";
import { strings } from "../strings/roles";
import type { TrustAnswers, TrustKind } from "./trust";

const KINDS: Record<TrustKind, ["kindAccount" | "kindOther" | "kindService" | "kindWeb" | "kindSaml", "kindAccountText" | "kindOtherText" | "kindServiceText" | "kindWebText" | "kindSamlText"]> = {
  account: ["kindAccount", "kindAccountText"],
  other: ["kindOther", "kindOtherText"],
  service: ["kindService", "kindServiceText"],
  web: ["kindWeb", "kindWebText"],
  saml: ["kindSaml", "kindSamlText"],
};

interface Properties {
  answers: TrustAnswers;
  onChange: (answers: TrustAnswers) => void;
}

export function TrustFields({ answers, onChange }: Properties) {
  const t = useText(strings);
  const { kind } = answers;
  const set = (part: Partial<TrustAnswers>) => {
    onChange({ ...answers, ...part });
  };
  const field = (name: "account" | "service" | "provider" | "audience" | "externalId") => (value: string) => {
    set({ [name]: value });
  };
  const isFederated = kind === "web" || kind === "saml";
  return (
    <SpaceBetween size="m">
      <FormField label={t("whoTrusted")} stretch>
        <Tiles
          ariaLabel={t("whoTrusted")}
          columns={3}
          value={kind}
          items={Object.entries(KINDS).map(([value, [label, text]]) => ({ value, label: t(label), description: t(text) }))}
          onChange={({ detail }) => {
            const chosen = detail.value as TrustKind;
            set({ kind: chosen, audience: chosen === "saml" ? "https://signin.aws.amazon.com/saml" : chosen === "web" ? "sts.amazonaws.com" : "" });
          }}
        />
      </FormField>
      {kind === "other" ? <TextField label={t("accountId")} inputMode="numeric" value={answers.account} onChange={field("account")} /> : null}
      {kind === "service" ? <TextField label={t("serviceName")} value={answers.service} onChange={field("service")} /> : null}
      {isFederated ? <TextField label={t("provider")} placeholder={`arn:aws:iam::${answers.own}:${kind === "web" ? "oidc" : "saml"}-provider/…`} value={answers.provider} onChange={field("provider")} /> : null}
      {isFederated ? <TextField label={t("audience")} value={answers.audience} onChange={field("audience")} /> : null}
      {kind === "other" ? <TextField label={t("externalId")} description={t("externalIdHint")} value={answers.externalId} onChange={field("externalId")} /> : null}
      {kind === "account" || kind === "other" ? (
        <Checkbox
          checked={answers.mfa}
          onChange={({ detail }) => {
            set({ mfa: detail.checked });
          }}
        >
          {t("requireMfa")}
        </Checkbox>
      ) : null}
    </SpaceBetween>
  );
}
