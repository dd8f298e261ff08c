// The status of a check or of a resource: a sign and a word.
import { useText } from "@/i18n";
import { type Sign, StatusWord } from "@/kit";
import { strings } from "./strings";

const SIGNS = { ok: "success", warning: "warning", error: "error", not_available: "stopped" } as const satisfies Record<string, Sign>;

export function Status({ children }: { children: string | undefined }) {
  return (
    <StatusWord signs={SIGNS} say={useText(strings)}>
      {children}
    </StatusWord>
  );
}

/** For sorting: what is worst comes first. */
export function rank(status: string): number {
  return ["error", "warning", "not_available", "ok"].indexOf(status);
}
