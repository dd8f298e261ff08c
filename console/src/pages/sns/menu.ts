import { to } from "@/router";
import type { PageEntry } from "../menu";

export const sns: PageEntry = {
  path: "sns",
  section: "notify",
  title: { en: "SNS", zh: "SNS" },
  links: [
    { to: to("sns"), title: { en: "Topics", zh: "主题" } },
    { to: to("sns", "subscriptions"), title: { en: "Subscriptions", zh: "订阅" } },
  ],
  load: () => import("./index"),
};
