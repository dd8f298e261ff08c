// A key's policy: validated while it is typed, replayed over what was recorded, saved.
import { GetKeyPolicyCommand, KMSClient, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { cli, ErrorAlert, prettyJson, useCall } from "@/kit";
import { useClient } from "@/session";
import { EditAttachedPolicy } from "../iam/policies/EditAttachedPolicy";
import { strings } from "./strings";

export function KeyPolicy({ id, arn }: { id: string; arn: string | undefined }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const policy = useCall(async (abortSignal) => prettyJson((await kms.send(new GetKeyPolicyCommand({ KeyId: id }), { abortSignal })).Policy ?? ""), [kms, id]);
  return (
    <SpaceBetween size="l">
      <Box color="text-body-secondary">{t("policyText")}</Box>
      <ErrorAlert error={policy.error} onRetry={policy.reload} />
      {policy.data === undefined ? null : (
        <EditAttachedPolicy
          key={policy.data}
          kind="RESOURCE_POLICY"
          arn={arn}
          document={policy.data}
          words={[t("savePolicy"), t("saved")]}
          put={(Policy) => {
            const input = { KeyId: id, Policy };
            return { command: cli("kms", "PutKeyPolicy", input), send: () => kms.send(new PutKeyPolicyCommand(input)) };
          }}
          onSaved={policy.reload}
        />
      )}
    </SpaceBetween>
  );
}
