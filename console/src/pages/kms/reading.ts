// What the pages read of keys.
import { type AliasListEntry, DescribeKeyCommand, type KeyMetadata, type KMSClient, ListAliasesCommand, ListKeysCommand } from "@aws-sdk/client-kms";

export interface ListedKey {
  id: string;
  arn: string;
  aliases: string[];
  /** Not there where the caller may not describe the key. */
  facts?: KeyMetadata | undefined;
}

export async function listAliases(kms: KMSClient, abortSignal: AbortSignal, KeyId?: string): Promise<AliasListEntry[]> {
  const found: AliasListEntry[] = [];
  let Marker: string | undefined;
  do {
    const answer = await kms.send(new ListAliasesCommand({ KeyId, Marker }), { abortSignal });
    found.push(...(answer.Aliases ?? []));
    Marker = answer.Truncated ? answer.NextMarker : undefined;
  } while (Marker);
  return found;
}

/** A page of keys with their facts and aliases; each key is described by a call of its own, as the API has it. */
export async function keysPage(kms: KMSClient, Marker: string | undefined, abortSignal: AbortSignal): Promise<{ items: ListedKey[]; next: string | undefined }> {
  const [answer, aliases] = await Promise.all([
    kms.send(new ListKeysCommand({ Marker, Limit: 50 }), { abortSignal }),
    listAliases(kms, abortSignal).catch(() => []), // whoever may not list aliases sees the keys all the same
  ]);
  const items = (answer.Keys ?? []).map(async ({ KeyId: id = "", KeyArn: arn = "" }): Promise<ListedKey> => {
    const described = await kms.send(new DescribeKeyCommand({ KeyId: id }), { abortSignal }).catch(() => undefined);
    return { id, arn, aliases: aliases.filter((one) => one.TargetKeyId === id).map((one) => one.AliasName ?? ""), facts: described?.KeyMetadata };
  });
  return { items: await Promise.all(items), next: answer.Truncated ? answer.NextMarker : undefined };
}
