import { to } from "@/router";
import type { PageEntry } from "../menu";

export const wafv2: PageEntry = {
  path: "wafv2",
  section: "protect",
  title: { en: "WAF", zh: "WAF" },
  links: [
    { to: to("wafv2"), title: { en: "Web ACLs", zh: "Web ACL" } },
    { to: to("wafv2", "rule-groups"), title: { en: "Rule groups", zh: "规则组" } },
    { to: to("wafv2", "ip-sets"), title: { en: "IP sets", zh: "IP 集" } },
    { to: to("wafv2", "regex-sets"), title: { en: "Regex pattern sets", zh: "正则表达式模式集" } },
  ],
  load: () => import("./index"),
};
