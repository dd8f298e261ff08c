// How far a run is that is under way: by the time that it collects for, then by its states.
import ProgressBar from "@cloudscape-design/components/progress-bar";
import { useText } from "@/i18n";
import type { Run } from "./api";
import { classicStrings } from "./strings";

const COLLECTING_PERCENT = 90;

function percentOf(run: Run): number {
  if (run.startedAt === undefined) return 0;
  if (run.state !== "COLLECTING_DATA") return run.state.startsWith("START_DATA") ? 0 : COLLECTING_PERCENT;
  const seconds = Date.now() / 1000 - run.startedAt;
  return Math.min(COLLECTING_PERCENT, Math.max(0, (COLLECTING_PERCENT * seconds) / run.durationInSeconds));
}

export function Progress({ run }: { run: Run | undefined }) {
  const t = useText(classicStrings);
  return run ? <ProgressBar label={t("progress")} value={Math.round(percentOf(run))} description={t("progressText")} /> : null;
}
