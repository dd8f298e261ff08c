import { to } from "@/router";
import type { PageEntry } from "../menu";

export const cloudwatch: PageEntry = {
  path: "cloudwatch",
  section: "watch",
  title: { en: "CloudWatch", zh: "CloudWatch" },
  links: [
    { to: to("cloudwatch"), title: { en: "Alarms", zh: "告警" } },
    { to: to("cloudwatch", "metrics"), title: { en: "Metrics", zh: "指标" } },
    { to: to("cloudwatch", "logs"), title: { en: "Log groups", zh: "日志组" } },
  ],
  load: () => import("./index"),
};
