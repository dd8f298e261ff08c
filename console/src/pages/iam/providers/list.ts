// SAML and OpenID Connect providers, in one list.
import { GetOpenIDConnectProviderCommand, type IAMClient, ListOpenIDConnectProvidersCommand, ListSAMLProvidersCommand } from "@aws-sdk/client-iam";

export interface Provider {
  arn: string;
  kind: "saml" | "oidc";
  created?: Date | undefined;
  validUntil?: Date | undefined;
}

export async function listProviders(iam: IAMClient, abortSignal: AbortSignal): Promise<Provider[]> {
  const options = { abortSignal };
  const [saml, oidc] = await Promise.all([iam.send(new ListSAMLProvidersCommand({}), options), iam.send(new ListOpenIDConnectProvidersCommand({}), options)]);
  // Their list has ARNs alone. Whoever may not read one sees it all the same.
  const createdOf = (OpenIDConnectProviderArn: string) =>
    iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }), options).then(
      ({ CreateDate }) => CreateDate,
      () => undefined,
    );
  return [
    ...(saml.SAMLProviderList ?? []).map(({ Arn = "", CreateDate, ValidUntil }): Provider => ({ arn: Arn, kind: "saml", created: CreateDate, validUntil: ValidUntil })),
    ...(await Promise.all((oidc.OpenIDConnectProviderList ?? []).map(async ({ Arn = "" }): Promise<Provider> => ({ arn: Arn, kind: "oidc", created: await createdOf(Arn) })))),
  ];
}

/** The name of a SAML provider, the address of an OpenID Connect one. */
export function providerName(arn: string): string {
  return arn.split("-provider/")[1] ?? arn;
}

export function isSaml(arn: string): boolean {
  return arn.includes(":saml-provider/");
}
