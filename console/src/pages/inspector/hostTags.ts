// Tags that choose hosts, as a person writes them: `role=web, stage=live`.

export interface HostTag {
  key: string;
  value: string;
}

export function tagsOf(text: string): HostTag[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one) => {
      const [key = "", ...value] = one.split("=");
      return { key: key.trim(), value: value.join("=").trim() };
    });
}

/** The values of each key: what CIS scans are told. */
export function valuesByKey(tags: HostTag[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { key, value } of tags) found[key] = [...new Set([...(found[key] ?? []), value])];
  return found;
}

export function writtenTags(tags: Record<string, string[]> | undefined): string {
  return Object.entries(tags ?? {})
    .flatMap(([key, values]) => values.map((value) => `${key}=${value}`))
    .join(", ");
}
