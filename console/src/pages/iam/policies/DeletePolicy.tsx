// Deleting a managed policy: taken from whatever holds it, its versions first.
import { DeletePolicyCommand, DeletePolicyVersionCommand, type IAMClient, ListPolicyVersionsCommand } from "@aws-sdk/client-iam";
import { useText } from "@/i18n";
import { type Change, change } from "../changes";
import { ConfirmPlan } from "../ConfirmPlan";
import { nameInArn } from "../names";
import { strings } from "../strings/policies";
import { listEntities, release } from "./entities";

async function deletionOf(iam: IAMClient, PolicyArn: string, abortSignal: AbortSignal): Promise<Change[]> {
  const entities = await listEntities(iam, PolicyArn, abortSignal);
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }), { abortSignal });
  const old = Versions.filter((one) => !one.IsDefaultVersion).map((one) => ({ PolicyArn, VersionId: one.VersionId }));
  return [
    ...entities.map((entity) => release(entity, PolicyArn)),
    ...old.map((input) => change("DeletePolicyVersion", input, (client) => client.send(new DeletePolicyVersionCommand(input)))),
    change("DeletePolicy", { PolicyArn }, (client) => client.send(new DeletePolicyCommand({ PolicyArn }))),
  ];
}

export function DeletePolicy({ arn, onClose }: { arn: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const name = nameInArn(arn);
  return (
    <ConfirmPlan
      title={t("deletePolicy")}
      text={t("deletePolicyText", { name })}
      name={name}
      done={t("deletedPolicy", { name })}
      plan={(iam, signal) => deletionOf(iam, arn, signal)}
      onClose={onClose}
    />
  );
}
