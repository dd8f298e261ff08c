// What resources are called: verdicts and replays tell ids only.
import { type ConfigServiceClient, SelectResourceConfigCommand } from "@aws-sdk/client-config-service";
import { quoted } from "./names";

const AT_ONCE = 50;
const MOST = 100;

interface Named {
  resourceType: string;
  resourceId: string;
  resourceName?: string;
}

/** The items with the names of their resources, as far as they are recorded and may be asked for. */
export async function withNames<T>(config: ConfigServiceClient, items: T[], of: (item: T) => { type: string; id: string }, abortSignal: AbortSignal): Promise<(T & { name?: string })[]> {
  const ids = [...new Set(items.map((item) => of(item).id))];
  const known = new Map<string, string>();
  try {
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const Expression = `SELECT resourceType, resourceId, resourceName WHERE resourceId IN (${ids.slice(at, at + AT_ONCE).map(quoted).join(", ")})`;
      const { Results = [] } = await config.send(new SelectResourceConfigCommand({ Expression, Limit: MOST }), { abortSignal });
      for (const { resourceType, resourceId, resourceName } of Results.map((text) => JSON.parse(text) as Named)) if (resourceName) known.set(`${resourceType}/${resourceId}`, resourceName);
    }
  } catch (error) {
    if (abortSignal.aborted) throw error;
    // Ids are names enough where the query is not allowed.
  }
  return items.map((item) => {
    const { type, id } = of(item);
    const name = known.get(`${type}/${id}`);
    return { ...item, ...(name ? { name } : {}) };
  });
}
