// What people paste elsewhere, such as an ARN: shown whole, with a button that copies it.
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import { useText } from "@/i18n";
import { strings } from "./strings";

export function Copyable({ children }: { children: string | undefined }) {
  const t = useText(strings);
  if (!children) return <>—</>;
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={children}
      copyButtonAriaLabel={`${t("copy")}: ${children}`}
      copySuccessText={t("copied")}
      copyErrorText={t("copyFailed")}
    />
  );
}
