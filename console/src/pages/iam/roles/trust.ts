// Trust policies: who is named in one, and new ones from a few answers.

export type TrustKind = "account" | "other" | "service" | "web" | "saml";

export interface TrustAnswers {
  kind: TrustKind;
  /** This account's ID. */
  own: string;
  account: string;
  service: string;
  provider: string;
  audience: string;
  mfa: boolean;
  externalId: string;
}

function conditionsOf({ kind, mfa, externalId, provider, audience }: TrustAnswers): Record<string, Record<string, string>> {
  if (kind === "web") return { StringEquals: { [`${provider.split(":oidc-provider/")[1] ?? provider}:aud`]: audience } };
  if (kind === "saml") return { StringEquals: { "SAML:aud": audience } };
  if (kind === "service") return {};
  return { ...(externalId ? { StringEquals: { "sts:ExternalId": externalId } } : {}), ...(mfa ? { Bool: { "aws:MultiFactorAuthPresent": "true" } } : {}) };
}

const ACTIONS: Record<TrustKind, string> = {
  account: "sts:AssumeRole",
  other: "sts:AssumeRole",
  service: "sts:AssumeRole",
  web: "sts:AssumeRoleWithWebIdentity",
  saml: "sts:AssumeRoleWithSAML",
};

function principalOf({ kind, own, account, service, provider }: TrustAnswers): Record<string, string> {
  if (kind === "service") return { Service: service };
  if (kind === "web" || kind === "saml") return { Federated: provider };
  return { AWS: `arn:aws:iam::${kind === "other" ? account : own}:root` };
}

export function trustPolicy(answers: TrustAnswers): string {
  const conditions = conditionsOf(answers);
  const statement = {
    Effect: "Allow",
    Principal: principalOf(answers),
    Action: ACTIONS[answers.kind],
    ...(Object.keys(conditions).length > 0 ? { Condition: conditions } : {}),
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] }, null, 2);
}

interface Statement {
  Effect?: string;
  Principal?: string | Record<string, string | string[]>;
}

/** The principals that a trust policy allows, as they are written. */
export function trustedIn(document: string): string[] {
  try {
    const { Statement: given } = JSON.parse(document) as { Statement?: Statement | Statement[] };
    const statements = Array.isArray(given) ? given : given ? [given] : [];
    const found = statements
      .filter((statement) => statement.Effect === "Allow")
      .flatMap(({ Principal }) => (typeof Principal === "string" ? Principal : Object.values(Principal ?? {}).flat()));
    return [...new Set(found)];
  } catch {
    return [];
  }
}
