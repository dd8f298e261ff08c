import { to } from "@/router";
import type { PageEntry } from "../menu";

export const iam: PageEntry = {
  path: "iam",
  section: "people",
  title: { en: "IAM", zh: "IAM" },
  global: true,
  links: [
    { to: to("iam"), title: { en: "Dashboard", zh: "控制面板" } },
    { to: to("iam", "users"), title: { en: "Users", zh: "用户" } },
    { to: to("iam", "groups"), title: { en: "User groups", zh: "用户组" } },
    { to: to("iam", "roles"), title: { en: "Roles", zh: "角色" } },
    { to: to("iam", "policies"), title: { en: "Policies", zh: "策略" } },
    { to: to("iam", "providers"), title: { en: "Identity providers", zh: "身份提供商" } },
    { to: to("iam", "account"), title: { en: "Account settings", zh: "账户设置" } },
    { to: to("iam", "report"), title: { en: "Credential report", zh: "凭证报告" } },
    { to: to("iam", "who-can"), title: { en: "Who can", zh: "谁可以" } },
    { to: to("iam", "why"), title: { en: "Why", zh: "为什么" } },
    { to: to("iam", "analyzers"), title: { en: "Access Analyzer", zh: "访问分析器" } },
  ],
  load: () => import("./index"),
};
