// Commands to copy: what a form or a button does, on the command line.
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { strings } from "./strings";
import "./kit.css";

/** One command, or any text that is to be copied. */
export function Command({ children }: { children: string }) {
  const t = useText(strings);
  return (
    <div className="g-command">
      <CopyToClipboard
        variant="icon"
        textToCopy={children}
        copyButtonAriaLabel={t("copy")}
        copySuccessText={t("copied")}
        copyErrorText={t("copyFailed")}
      />
      <code className="g-code">{children}</code>
    </div>
  );
}

/** `<CliPanel commands={[cli("sns", "create-topic", input)]} />` under a form. */
export function CliPanel({ commands }: { commands: string[] }) {
  const t = useText(strings);
  return (
    <ExpandableSection headerText={t("commandLine")} variant="footer">
      <SpaceBetween size="xs">
        {commands.map((command, index) => (
          <Command key={index}>{command}</Command>
        ))}
      </SpaceBetween>
    </ExpandableSection>
  );
}
