// Tags, and a dialog that changes them.
import { IAMClient, type Tag } from "@aws-sdk/client-iam";
import { useText } from "@/i18n";
import { TagTable } from "@/kit";
import { useClient } from "@/session";
import { type Change, commandsOf, makeChanges } from "./changes";
import { common } from "./strings/common";

interface Properties {
  /** Names the table in the browser's preferences. */
  name: string;
  tags: Tag[];
  loading?: boolean;
  error?: unknown;
  onSaved: () => void;
  save: (tags: Tag[]) => Change;
  remove: (keys: string[]) => Change;
}

export function Tags({ save, remove, onSaved, tags, ...table }: Properties) {
  const t = useText(common);
  const iam = useClient(IAMClient);
  const changesOf = (changed: Tag[], removed: string[]): Change[] => [...(removed.length > 0 ? [remove(removed)] : []), ...(changed.length > 0 ? [save(changed)] : [])];
  return (
    <TagTable
      {...table}
      emptyText={t("tagsEmptyText")}
      tags={tags.map(({ Key = "", Value = "" }) => ({ key: Key, value: Value }))}
      onReload={onSaved}
      commands={(changed, removed) => commandsOf(changesOf(changed.map(toAws), removed))}
      onSave={(changed, removed) => makeChanges(iam, changesOf(changed.map(toAws), removed))}
    />
  );
}

function toAws({ key, value }: { key: string; value: string }): Tag {
  return { Key: key, Value: value };
}
