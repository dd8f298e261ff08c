// Asking before a page is left with what was not saved: by a link, the browser's own buttons, another region or another caller.
import { useEffect, useRef } from "react";
import { say } from "@/i18n";
import { guardLeaving } from "@/router";
import { strings } from "./strings";

/** Guard what is changed and not saved. `forget()` once it is saved, before the page goes elsewhere. */
export function useUnsaved(isChanged: boolean): { forget: () => void } {
  const forgotten = useRef(false);
  useEffect(() => {
    if (!isChanged) return undefined;
    forgotten.current = false;
    const isFine = () => {
      forgotten.current ||= window.confirm(say(strings, "unsaved"));
      return forgotten.current;
    };
    const warn = (event: BeforeUnloadEvent) => {
      if (!forgotten.current) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    const lift = guardLeaving(isFine);
    return () => {
      window.removeEventListener("beforeunload", warn);
      lift();
    };
  }, [isChanged]);
  return {
    forget: () => {
      forgotten.current = true;
    },
  };
}
