// Asking before a page is left with what was not saved.
import { useEffect, useRef } from "react";
import { say } from "@/i18n";
import { guardLeaving } from "@/router";
import { strings } from "../strings/policies";

export function useUnsaved(isChanged: boolean): { forget: () => void } {
  const forgotten = useRef(false);
  useEffect(() => {
    if (!isChanged) return undefined;
    const isFine = () => forgotten.current || window.confirm(say(strings, "unsaved"));
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
