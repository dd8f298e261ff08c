// How something stands, as an API says it: a sign, and the word in the person's language. A word that nobody knows yet is shown as it is.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

export type Sign = StatusIndicatorProps.Type;

interface Properties<W extends string> {
  /** The words that are known, each with its sign. */
  signs: Record<W, Sign>;
  say: (word: NoInfer<W>) => string;
  children: string | undefined;
}

export function StatusWord<W extends string>({ signs, say, children }: Properties<W>) {
  if (!children) return <>—</>;
  if (!Object.hasOwn(signs, children)) return <bdi>{children}</bdi>;
  const word = children as W;
  return <StatusIndicator type={signs[word]}>{say(word)}</StatusIndicator>;
}
