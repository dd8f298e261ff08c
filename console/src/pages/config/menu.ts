import { to } from "@/router";
import type { PageEntry } from "../menu";

export const config: PageEntry = {
  path: "config",
  section: "posture",
  title: { en: "Config", zh: "Config" },
  links: [
    { to: to("config"), title: { en: "Resources", zh: "资源" } },
    { to: to("config", "rules"), title: { en: "Rules", zh: "规则" } },
    { to: to("config", "packs"), title: { en: "Conformance packs", zh: "合规包" } },
    { to: to("config", "query"), title: { en: "Advanced queries", zh: "高级查询" } },
    { to: to("config", "recorder"), title: { en: "Recorder", zh: "记录器" } },
  ],
  load: () => import("./index"),
};
