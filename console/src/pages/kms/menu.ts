import { to } from "@/router";
import type { PageEntry } from "../menu";

export const kms: PageEntry = {
  path: "kms",
  section: "protect",
  title: { en: "KMS", zh: "KMS" },
  links: [
    { to: to("kms"), title: { en: "Keys", zh: "密钥" } },
    { to: to("kms", "stores"), title: { en: "Custom key stores", zh: "自定义密钥存储" } },
  ],
  load: () => import("./index"),
};
