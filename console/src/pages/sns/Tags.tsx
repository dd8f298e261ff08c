// A topic's tags.
import { ListTagsForResourceCommand, SNSClient, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-sns";
import { useText } from "@/i18n";
import { cli, type KeyAndValue, TagTable, useCall } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

export function Tags({ arn }: { arn: string }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const tags = useCall(async (abortSignal) => (await sns.send(new ListTagsForResourceCommand({ ResourceArn: arn }), { abortSignal })).Tags ?? [], [sns, arn]);
  const untagged = (TagKeys: string[]) => ({ ResourceArn: arn, TagKeys });
  const tagged = (changed: KeyAndValue[]) => ({ ResourceArn: arn, Tags: changed.map(({ key, value }) => ({ Key: key, Value: value })) });
  return (
    <TagTable
      name="sns.tags"
      emptyText={t("tagsEmptyText")}
      tags={(tags.data ?? []).map(({ Key = "", Value = "" }) => ({ key: Key, value: Value }))}
      loading={tags.loading}
      error={tags.error}
      onReload={tags.reload}
      commands={(changed, removed) => [
        ...(removed.length > 0 ? [cli("sns", "UntagResource", untagged(removed))] : []),
        ...(changed.length > 0 ? [cli("sns", "TagResource", tagged(changed))] : []),
      ]}
      onSave={async (changed, removed) => {
        if (removed.length > 0) await sns.send(new UntagResourceCommand(untagged(removed)));
        if (changed.length > 0) await sns.send(new TagResourceCommand(tagged(changed)));
      }}
    />
  );
}
