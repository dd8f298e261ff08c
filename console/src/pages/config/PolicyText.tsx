// A rule's policy in Guard, to read.
import { ConfigServiceClient, GetCustomRulePolicyCommand } from "@aws-sdk/client-config-service";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useText } from "@/i18n";
import { CodeEditor, ErrorAlert, useCall } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

export function PolicyText({ rule }: { rule: string }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const policy = useCall(
    async (abortSignal) => (await config.send(new GetCustomRulePolicyCommand({ ConfigRuleName: rule }), { abortSignal })).PolicyText ?? "",
    [config, rule],
  );
  return (
    <Container header={<Header variant="h2">{t("policy")}</Header>}>
      <ErrorAlert error={policy.error} onRetry={policy.reload} />
      {policy.data === undefined ? null : <CodeEditor readOnly language="text" ariaLabel={t("policy")} value={policy.data} />}
    </Container>
  );
}
