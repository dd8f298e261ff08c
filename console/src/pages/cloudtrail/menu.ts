import { to } from "@/router";
import type { PageEntry } from "../menu";

export const cloudtrail: PageEntry = {
  path: "cloudtrail",
  section: "watch",
  title: { en: "CloudTrail", zh: "CloudTrail" },
  links: [
    { to: to("cloudtrail"), title: { en: "Event history", zh: "事件历史记录" } },
    { to: to("cloudtrail", "detections"), title: { en: "Detections", zh: "检测结果" } },
    { to: to("cloudtrail", "lake"), title: { en: "Lake", zh: "Lake" } },
    { to: to("cloudtrail", "trails"), title: { en: "Trails", zh: "跟踪" } },
  ],
  load: () => import("./index"),
};
