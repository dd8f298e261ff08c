import type { PageEntry } from "../menu";

export const overview: PageEntry = {
  path: "overview",
  section: "top",
  title: { en: "Overview", zh: "概览" },
  load: () => import("./index"),
};
