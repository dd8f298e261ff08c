// A plain table that may be wider than its place. It scrolls there, by the keyboard too.
import type { ReactNode } from "react";
import "./kit.css";

interface Properties {
  label: string;
  /** A class of the page's own, beside the kit's. */
  className?: string;
  children: ReactNode;
}

export function ScrollTable({ label, className, children }: Properties) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
    <div className="g-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className={className ? `g-table ${className}` : "g-table"} aria-label={label}>
        {children}
      </table>
    </div>
  );
}
