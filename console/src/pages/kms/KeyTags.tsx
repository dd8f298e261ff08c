// A key's tags.
import { KMSClient, ListResourceTagsCommand, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-kms";
import { useText } from "@/i18n";
import { type KeyAndValue, TagTable, useCall } from "@/kit";
import { useClient } from "@/session";
import { type Change, change } from "./changes";
import { strings } from "./strings";

function changesOf(KeyId: string, changed: KeyAndValue[], removed: string[]): Change[] {
  const tagged = { KeyId, Tags: changed.map(({ key, value }) => ({ TagKey: key, TagValue: value })) };
  const untagged = { KeyId, TagKeys: removed };
  return [
    ...(removed.length > 0 ? [change("UntagResource", untagged, (kms) => kms.send(new UntagResourceCommand(untagged)))] : []),
    ...(changed.length > 0 ? [change("TagResource", tagged, (kms) => kms.send(new TagResourceCommand(tagged)))] : []),
  ];
}

export function KeyTags({ id }: { id: string }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const tags = useCall(async (abortSignal) => (await kms.send(new ListResourceTagsCommand({ KeyId: id, Limit: 50 }), { abortSignal })).Tags ?? [], [kms, id]);
  return (
    <TagTable
      name="kms.tags"
      emptyText={t("tagsText")}
      tags={(tags.data ?? []).map(({ TagKey = "", TagValue = "" }) => ({ key: TagKey, value: TagValue }))}
      loading={tags.loading}
      error={tags.error}
      onReload={tags.reload}
      commands={(changed, removed) => changesOf(id, changed, removed).map(({ command }) => command)}
      onSave={async (changed, removed) => {
        for (const one of changesOf(id, changed, removed)) await one.send(kms);
      }}
    />
  );
}
