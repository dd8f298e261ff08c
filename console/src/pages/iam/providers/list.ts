// SAML and OpenID Connect providers, in one list.
import { type IAMClient, ListOpenIDConnectProvidersCommand, ListSAMLProvidersCommand } from "@aws-sdk/client-iam";

export interface Provider {
  arn: string;
  kind: "saml" | "oidc";
  created?: Date | undefined;
  validUntil?: Date | undefined;
}

export async function listProviders(iam: IAMClient, abortSignal: AbortSignal): Promise<Provider[]> {
  const options = { abortSignal };
  const [saml, oidc] = await Promise.all([iam.send(new ListSAMLProvidersCommand({}), options), iam.send(new ListOpenIDConnectProvidersCommand({}), options)]);
  return [
    ...(saml.SAMLProviderList ?? []).map(({ Arn = "", CreateDate, ValidUntil }): Provider => ({ arn: Arn, kind: "saml", created: CreateDate, validUntil: ValidUntil })),
    ...(oidc.OpenIDConnectProviderList ?? []).map(({ Arn = "" }): Provider => ({ arn: Arn, kind: "oidc" })),
  ];
}

/** The name of a SAML provider, the address of an OpenID Connect one. */
export function providerName(arn: string): string {
  return arn.split("-provider/")[1] ?? arn;
}

export function isSaml(arn: string): boolean {
  return arn.includes(":saml-provider/");
}
