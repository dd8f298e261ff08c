import { to } from "@/router";
import type { PageEntry } from "../menu";

export const trustedAdvisor: PageEntry = {
  path: "trustedadvisor",
  section: "posture",
  title: { en: "Trusted Advisor", zh: "Trusted Advisor" },
  links: [
    { to: to("trustedadvisor"), title: { en: "Advice", zh: "建议" } },
    { to: to("trustedadvisor", "runs"), title: { en: "Trend", zh: "趋势" } },
    { to: to("trustedadvisor", "preferences"), title: { en: "Preferences", zh: "首选项" } },
  ],
  global: true,
  load: () => import("./index"),
};
