// Deleting an identity provider.
import { DeleteOpenIDConnectProviderCommand, DeleteSAMLProviderCommand, IAMClient } from "@aws-sdk/client-iam";
import { useText } from "@/i18n";
import { Confirm } from "@/kit";
import { useClient } from "@/session";
import { type Change, change } from "../changes";
import { strings } from "../strings/account";
import { isSaml, providerName } from "./list";

function deletionOf(arn: string): Change {
  const saml = { SAMLProviderArn: arn };
  const oidc = { OpenIDConnectProviderArn: arn };
  if (isSaml(arn)) return change("DeleteSAMLProvider", saml, (iam) => iam.send(new DeleteSAMLProviderCommand(saml)));
  return change("DeleteOpenIDConnectProvider", oidc, (iam) => iam.send(new DeleteOpenIDConnectProviderCommand(oidc)));
}

export function DeleteProvider({ arn, onClose }: { arn: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const name = providerName(arn);
  return (
    <Confirm title={t("deleteProvider")} typed={name} commands={[deletionOf(arn).command]} onConfirm={() => deletionOf(arn).send(iam)} onClose={onClose}>
      <bdi>{t("deleteProviderText", { name })}</bdi>
    </Confirm>
  );
}
