// Notifications over the page: what was done, or went wrong apart from any form.
import { createStore } from "@/store";

export interface Flash {
  id: string;
  type: "success" | "info" | "warning" | "error";
  text: string;
}

const MOST = 5;
const SHOWN_MILLISECONDS = 8000;
let last = 0;

export const flashes = createStore<Flash[]>([]);

export function dismiss(id: string): void {
  flashes.set(flashes.get().filter((one) => one.id !== id));
}

/** `flash("success", t("created", { name }))`. Successes leave by themselves. */
export function flash(type: Flash["type"], text: string): void {
  last += 1;
  const id = `flash-${last}`;
  flashes.set([{ id, type, text }, ...flashes.get()].slice(0, MOST));
  if (type === "success" || type === "info")
    setTimeout(() => {
      dismiss(id);
    }, SHOWN_MILLISECONDS);
}
