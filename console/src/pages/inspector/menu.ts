import { to } from "@/router";
import type { PageEntry } from "../menu";

export const inspector: PageEntry = {
  path: "inspector",
  section: "posture",
  title: { en: "Inspector", zh: "Inspector" },
  links: [
    { to: to("inspector"), title: { en: "Findings", zh: "调查发现" } },
    { to: to("inspector", "counts"), title: { en: "Where findings are", zh: "调查发现的分布" } },
    { to: to("inspector", "coverage"), title: { en: "Coverage", zh: "覆盖范围" } },
    { to: to("inspector", "filters"), title: { en: "Suppression rules", zh: "抑制规则" } },
    { to: to("inspector", "cis"), title: { en: "CIS scans", zh: "CIS 扫描" } },
    { to: to("inspector", "hosts"), title: { en: "Hosts", zh: "主机" } },
    { to: to("inspector", "agents"), title: { en: "Install agents", zh: "安装代理" } },
    { to: to("inspector", "runs"), title: { en: "Assessment runs", zh: "评估运行" } },
    { to: to("inspector", "templates"), title: { en: "Assessment templates", zh: "评估模板" } },
    { to: to("inspector", "targets"), title: { en: "Assessment targets", zh: "评估目标" } },
  ],
  load: () => import("./index"),
};
