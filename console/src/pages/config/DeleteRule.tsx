// The dialogs that delete a rule, or what it found.
import { ConfigServiceClient, DeleteConfigRuleCommand, DeleteEvaluationResultsCommand } from "@aws-sdk/client-config-service";
import { useText } from "@/i18n";
import { cli, Confirm, flash } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

interface Properties {
  name: string;
  onClose: (done: boolean) => void;
}

export function DeleteRule({ name, onClose }: Properties) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const input = { ConfigRuleName: name };
  return (
    <Confirm
      title={t("deleteRule")}
      action={t("deleteRule")}
      typed={name}
      commands={[cli("configservice", "DeleteConfigRule", input)]}
      onConfirm={async () => {
        await config.send(new DeleteConfigRuleCommand(input));
        flash("success", t("ruleDeleted", { name }));
      }}
      onClose={onClose}
    >
      <bdi>{t("deleteRuleText", { name })}</bdi>
    </Confirm>
  );
}

export function DeleteResults({ name, onClose }: Properties) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const input = { ConfigRuleName: name };
  return (
    <Confirm
      title={t("deleteResults")}
      action={t("deleteResults")}
      commands={[cli("configservice", "DeleteEvaluationResults", input)]}
      onConfirm={async () => {
        await config.send(new DeleteEvaluationResultsCommand(input));
        flash("success", t("resultsDeleted", { name }));
      }}
      onClose={onClose}
    >
      <bdi>{t("deleteResultsText", { name })}</bdi>
    </Confirm>
  );
}
