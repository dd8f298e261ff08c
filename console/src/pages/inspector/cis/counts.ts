// Columns of how many results failed, passed and were skipped.
import type { StatusCounts } from "@aws-sdk/client-inspector2";
import type { Say } from "@/i18n";
import type { Column } from "@/kit";

export function countColumns<T extends { statusCounts?: StatusCounts | undefined }>(t: Say<"failed" | "passed" | "skipped">): Column<T>[] {
  return (["failed", "passed", "skipped"] as const).map((id) => ({ id, header: t(id), value: (one) => one.statusCounts?.[id] ?? 0, width: 120 }));
}
