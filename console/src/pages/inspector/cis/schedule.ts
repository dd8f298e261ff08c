// When CIS scans are made: as a person chooses it, as the API has it, and in words.
import type { Schedule } from "@aws-sdk/client-inspector2";
import { locale, type Say } from "@/i18n";
import { type Day, dayName, DAYS } from "@/kit";
import type { cisStrings } from "./strings";

export const KINDS = ["oneTime", "daily", "weekly", "monthly"] as const;
export type Kind = (typeof KINDS)[number];

export interface Times {
  kind: Kind;
  /** `02:00` */
  time: string;
  zone: string;
  /** Of a week; of a month the first such day, which is one. */
  days: Day[];
}

export const FIRST_TIMES: Times = { kind: "oneTime", time: "02:00", zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC", days: ["SUN"] };

export const ZONES = [...new Set(["UTC", FIRST_TIMES.zone, ...Intl.supportedValuesOf("timeZone")])];

export function scheduleOf({ kind, time, zone, days }: Times): Schedule {
  const startTime = { timeOfDay: time, timezone: zone };
  switch (kind) {
    case "oneTime":
      return { oneTime: {} };
    case "daily":
      return { daily: { startTime } };
    case "weekly":
      return { weekly: { startTime, days } };
    case "monthly":
      return { monthly: { startTime, day: days[0] } };
  }
}

export function timesOf(schedule: Schedule | undefined): Times {
  const kind = KINDS.find((one) => schedule?.[one]) ?? "oneTime";
  const start = schedule?.daily?.startTime ?? schedule?.weekly?.startTime ?? schedule?.monthly?.startTime;
  const days = schedule?.weekly?.days ?? (schedule?.monthly?.day ? [schedule.monthly.day] : FIRST_TIMES.days);
  return { kind, time: start?.timeOfDay ?? FIRST_TIMES.time, zone: start?.timezone ?? FIRST_TIMES.zone, days };
}

/** "Weekly on Sunday at 02:00 (UTC)". */
export function timesInWords(schedule: Schedule | undefined, t: Say<keyof (typeof cisStrings)["en"]>): string {
  const { kind, time, zone, days } = timesOf(schedule);
  const names = DAYS.filter((day) => days.includes(day)).map(dayName);
  return t(`times_${kind}`, { time, zone, days: new Intl.ListFormat(locale()).format(names) });
}

/** Whether enough is chosen to be sent. */
export function isWhole({ kind, time, days }: Times): boolean {
  return kind === "oneTime" || (/^\d\d:\d\d$/.test(time) && days.length > 0);
}
