// A filter in the address's query, so that a link shows the same items: `filter=name:alice&filter=status=ACTIVE`.
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";

type Query = PropertyFilterProps.Query;
type Token = PropertyFilterProps.Token;

const TOKEN = /^([\w.-]*)(!=|!:|!\^|>=|<=|=|:|\^|>|<)([\s\S]*)$/;

export function writeFilter(name: string, query: Query): Record<string, string[] | string | undefined> {
  const tokens = query.tokens.map((token) => `${token.propertyKey ?? ""}${token.operator}${String(token.value)}`);
  return { [name]: tokens, [`${name}-any`]: query.operation === "or" && tokens.length > 1 ? "1" : undefined };
}

export function readFilter(name: string, query: URLSearchParams): Query {
  const tokens = query.getAll(name).flatMap((text): Token[] => {
    const found = TOKEN.exec(text);
    if (!found) return [{ operator: ":", value: text }];
    const [, key, operator = ":", value = ""] = found;
    return [key ? { propertyKey: key, operator, value } : { operator, value }];
  });
  return { tokens, operation: query.get(`${name}-any`) ? "or" : "and" };
}
