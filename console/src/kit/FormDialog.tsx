// A form in a dialog: its fields, its error, the command that does the same, one button.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useId } from "react";
import { useText } from "@/i18n";
import { CliPanel } from "./CliPanel";
import { ErrorAlert } from "./ErrorAlert";
import { strings } from "./strings";
import { useAction } from "./useCall";
import { useReturnFocus } from "./useReturnFocus";

interface Properties {
  title: string;
  /** The button's word. */
  action: string;
  /** Whether the fields may be sent. */
  ready?: boolean;
  size?: "medium" | "large" | "max";
  commands?: string[];
  children: ReactNode;
  onSubmit: () => Promise<unknown>;
  /** Called when it is done or given up. Render the dialog only while it is open. */
  onClose: (done: boolean) => void;
}

export function FormDialog({ title, action, ready = true, size = "medium", commands, children, onSubmit, onClose }: Properties) {
  const t = useText(strings);
  useReturnFocus();
  const form = useId();
  const act = useAction(onSubmit);
  const submit = async () => {
    if (ready && (await act.run())) onClose(true);
  };
  return (
    <Modal
      visible
      size={size}
      header={title}
      closeAriaLabel={t("cancel")}
      onDismiss={({ detail }) => {
        if (detail.reason !== "overlay") onClose(false); // what was entered is not lost by a stray click
      }}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              variant="link"
              onClick={() => {
                onClose(false);
              }}
            >
              {t("cancel")}
            </Button>
            <Button variant="primary" form={form} formAction="submit" loading={act.busy} disabled={!ready}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <SpaceBetween size="m">
          {children}
          {commands ? <CliPanel commands={commands} /> : null}
          <ErrorAlert error={act.error} />
        </SpaceBetween>
      </form>
    </Modal>
  );
}
