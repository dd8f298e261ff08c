// The tags of a host with an agent, by which targets and CIS scans choose it.
import { useText } from "@/i18n";
import { cli, type KeyAndValue, TagTable } from "@/kit";
import { garrisonCall } from "@/session";
import type { Host } from "./api";
import { hostStrings } from "./strings";

interface Properties {
  host: Host;
  loading: boolean;
  onReload: () => void;
}

export function HostTags({ host, loading, onReload }: Properties) {
  const t = useText(hostStrings);
  const calls = (changed: KeyAndValue[], removed: string[]) => {
    const made: [operation: string, input: object][] = [];
    if (changed.length > 0) made.push(["TagHost", { Host: host.Name, Tags: changed.map(({ key, value }) => ({ Key: key, Value: value })) }]);
    if (removed.length > 0) made.push(["UntagHost", { Host: host.Name, TagKeys: removed }]);
    return made;
  };
  return (
    <TagTable
      name="inspector.host.tags"
      tags={(host.Tags ?? []).map(({ Key, Value }) => ({ key: Key, value: Value }))}
      loading={loading}
      emptyText={t("tagsEmptyText")}
      onReload={onReload}
      commands={(changed, removed) => calls(changed, removed).map(([operation, input]) => cli("garrison", operation, input))}
      onSave={async (changed, removed) => {
        for (const [operation, input] of calls(changed, removed)) await garrisonCall(operation, input);
      }}
    />
  );
}
