import type { PageEntry } from "../menu";

export const settings: PageEntry = {
  path: "settings",
  section: "account",
  title: { en: "Settings", zh: "设置" },
  load: () => import("./index"),
};
