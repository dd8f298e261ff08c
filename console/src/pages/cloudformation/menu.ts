import { to } from "@/router";
import type { PageEntry } from "../menu";

export const cloudformation: PageEntry = {
  path: "cloudformation",
  section: "build",
  title: { en: "CloudFormation", zh: "CloudFormation" },
  links: [
    { to: to("cloudformation"), title: { en: "Stacks", zh: "堆栈" } },
    { to: to("cloudformation", "exports"), title: { en: "Exports", zh: "导出" } },
  ],
  load: () => import("./index"),
};
