// After going to another page, the focus moves to its heading: people who hear the page know where they are.
import { useEffect, useRef } from "react";
import { usePlace } from "@/router";

const PATIENCE_MILLISECONDS = 5000;

export function useFocusOnHeading(): void {
  const { path } = usePlace();
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return undefined;
    shown.current = path;
    window.scrollTo(0, 0);
    return focusHeading();
  }, [path]);
}

/** Focus the new page's heading, as soon as its chunk is loaded. The old page is gone by now. Gives what ends the wait. */
function focusHeading(): () => void {
  const look = (): boolean => {
    const heading = document.querySelector<HTMLElement>("#content h1");
    if (!heading) return false;
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    return true;
  };
  if (look()) return () => undefined;
  const observer = new MutationObserver(() => {
    if (look()) observer.disconnect();
  });
  observer.observe(document.body, { childList: true, subtree: true });
  const timer = setTimeout(() => {
    observer.disconnect();
  }, PATIENCE_MILLISECONDS);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
  };
}
