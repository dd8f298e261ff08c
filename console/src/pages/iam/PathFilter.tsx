// The filter that IAM's lists do on the server: by the beginning of the path.
import Input from "@cloudscape-design/components/input";
import { useEffect, useState } from "react";
import { useText } from "@/i18n";
import { useQueryValue } from "@/router";
import { common } from "./strings/common";

const PAUSE_MILLISECONDS = 400;

/** What is asked for, from the address's query; undefined for everything. */
export function usePathPrefix(): string | undefined {
  const [path] = useQueryValue("path");
  return path.startsWith("/") ? path : undefined;
}

export function PathFilter() {
  const t = useText(common);
  const [path, setPath] = useQueryValue("path");
  const [typed, setTyped] = useState(path);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed !== path) setPath(typed);
    }, PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only what is typed starts the wait
  }, [typed]);
  return (
    <Input
      type="search"
      ariaLabel={t("pathPrefix")}
      placeholder={`${t("pathPrefix")}: /division/`}
      clearAriaLabel={t("remove")}
      value={typed}
      onChange={({ detail }) => {
        setTyped(detail.value);
      }}
    />
  );
}
