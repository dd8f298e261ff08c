// Which columns are filtered, with which operators.
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { formatTime } from "../Time";
import type { Column, Comparable } from "./types";

const TEXT = [":", "!:", "=", "!=", "^", "!^"] as const;
const ORDERED = ["=", "!=", ">", "<", ">=", "<="] as const;
const MOST_OPTIONS = 200;
/** So many items tell whether a column has numbers. */
const SAMPLE = 100;

export function textOf(value: Comparable): string {
  if (value === undefined) return "";
  return value instanceof Date ? formatTime(value) : String(value);
}

/** Whether a column has numbers: they are compared as such, and stand at the right. */
export function hasNumbers<T>(column: Column<T>, items: T[]): boolean {
  return items.slice(0, SAMPLE).some((item) => typeof column.value?.(item) === "number");
}

/** Items as the filter sees them: texts and numbers by column, beside the item itself. */
export function filteringProperties<T>(columns: Column<T>[], items: T[]): PropertyFilterProps.FilteringProperty[] {
  return columns
    .filter((column) => column.value && !column.unfiltered)
    .map((column) => {
      const operators = hasNumbers(column, items) ? [...ORDERED] : [...TEXT];
      return { key: column.id, propertyLabel: column.header, groupValuesLabel: column.header, operators };
    });
}

/** Values to choose from, of columns that have few. */
export function filteringOptions<T>(columns: Column<T>[], items: T[]): PropertyFilterProps.FilteringOption[] {
  return columns
    .filter((column) => column.value && !column.unfiltered)
    .flatMap((column) => {
      const values = new Set<string>();
      for (const item of items) {
        const text = textOf(column.value?.(item));
        if (text) values.add(text);
        if (values.size > MOST_OPTIONS) return [];
      }
      return [...values].map((value) => ({ propertyKey: column.id, value }));
    });
}

type Token = PropertyFilterProps.Token;

function meets(operator: string, actual: Comparable, wanted: string): boolean {
  if (typeof actual === "number" && /^(=|!=|>|<|>=|<=)$/.test(operator)) {
    const number = Number(wanted);
    return { "=": actual === number, "!=": actual !== number, ">": actual > number, "<": actual < number, ">=": actual >= number, "<=": actual <= number }[operator] ?? false;
  }
  const text = textOf(actual).toLowerCase();
  const part = wanted.toLowerCase();
  switch (operator) {
    case "=":
      return text === part;
    case "!=":
      return text !== part;
    case ":":
      return text.includes(part);
    case "!:":
      return !text.includes(part);
    case "^":
      return text.startsWith(part);
    case "!^":
      return !text.startsWith(part);
    default:
      return false;
  }
}

/** Whether an item passes a filter. */
export function passes<T>(columns: Column<T>[], item: T, query: PropertyFilterProps.Query): boolean {
  if (query.tokens.length === 0) return true;
  const holds = (token: Token): boolean => {
    const wanted = String(token.value);
    if (token.propertyKey !== undefined) {
      const column = columns.find(({ id }) => id === token.propertyKey);
      return column?.value ? meets(token.operator, column.value(item), wanted) : true;
    }
    const values = columns.filter((column) => column.value && !column.unfiltered).map((column) => column.value?.(item));
    const negated = token.operator.startsWith("!");
    return negated ? values.every((value) => meets(token.operator, value, wanted)) : values.some((value) => meets(token.operator, value, wanted));
  };
  return query.operation === "or" ? query.tokens.some(holds) : query.tokens.every(holds);
}

export function compare(one: Comparable, other: Comparable): number {
  if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? 1 : -1;
  if (typeof one === "string" && typeof other === "string") return one.localeCompare(other, undefined, { numeric: true });
  return Number(one) - Number(other);
}
