// Links inside of the console: real addresses, followed without loading the page anew.
import CloudscapeLink, { type LinkProps } from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { href, navigate } from "./location";

interface Properties {
  /** An address of the console, as `to(…)` makes it. */
  to: string;
  children: ReactNode;
  variant?: LinkProps.Variant;
  ariaLabel?: string;
  fontSize?: LinkProps.FontSize;
}

export function Link({ to, children, ...rest }: Properties) {
  return (
    <CloudscapeLink
      {...rest}
      href={href(to)}
      // Cloudscape follows plain clicks only: with a modifier key the browser opens its tab.
      onFollow={(event) => {
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </CloudscapeLink>
  );
}
