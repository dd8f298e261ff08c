// A topic's tags.
import { ListTagsForResourceCommand, SNSClient } from "@aws-sdk/client-sns";
import { useText } from "@/i18n";
import { ResourceTable, useCall } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

export function Tags({ arn }: { arn: string }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const tags = useCall(async (abortSignal) => (await sns.send(new ListTagsForResourceCommand({ ResourceArn: arn }), { abortSignal })).Tags ?? [], [sns, arn]);
  return (
    <ResourceTable
      plain
      name="sns.tags"
      title={t("tags")}
      items={tags.data ?? []}
      loading={tags.loading}
      error={tags.error}
      onReload={tags.reload}
      id={(tag) => tag.Key ?? ""}
      columns={[
        { id: "key", header: t("key"), value: (tag) => tag.Key },
        { id: "value", header: t("value"), value: (tag) => tag.Value },
      ]}
      empty={{ title: t("tagsEmpty"), text: t("tagsEmptyText") }}
    />
  );
}
