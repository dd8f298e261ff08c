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
    return focusHeading(document.querySelector("#content h1"));
  }, [path]);
}

/** Wait for the new page's heading (its chunk may have to be loaded), and focus it. Gives what ends the wait. */
function focusHeading(old: Element | null): () => void {
  const oldText = old?.textContent;
  const look = (): boolean => {
    const heading = document.querySelector<HTMLElement>("#content h1");
    if (!heading || (heading === old && heading.textContent === oldText)) return false;
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    return true;
  };
  const observer = new MutationObserver(() => {
    if (look()) observer.disconnect();
  });
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  const timer = setTimeout(() => {
    observer.disconnect();
  }, PATIENCE_MILLISECONDS);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
  };
}
