// A dialog before something that cannot be undone: says what happens, shows the command, keeps the error.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import { useText } from "@/i18n";
import { CliPanel } from "./CliPanel";
import { ErrorAlert } from "./ErrorAlert";
import { strings } from "./strings";
import { useAction } from "./useCall";
import { useReturnFocus } from "./useReturnFocus";

interface Properties {
  title: string;
  children: ReactNode;
  /** The button's word; "Delete" where it is not given. */
  action?: string;
  /** A word that must be typed first. */
  typed?: string;
  commands?: string[];
  onConfirm: () => Promise<unknown>;
  /** Called when it is done or given up. Render the dialog only while it is open. */
  onClose: (done: boolean) => void;
}

export function Confirm({ title, children, action, typed, commands, onConfirm, onClose }: Properties) {
  const t = useText(strings);
  useReturnFocus();
  const [word, setWord] = useState("");
  const act = useAction(onConfirm);
  const confirm = async () => {
    if (await act.run()) onClose(true);
  };
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel={t("cancel")}
      onDismiss={() => {
        onClose(false);
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
            <Button variant="primary" loading={act.busy} disabled={typed !== undefined && word !== typed} onClick={() => void confirm()}>
              {action ?? t("delete")}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>{children}</div>
        {typed === undefined ? null : (
          <FormField label={<bdi>{t("typeToConfirm", { word: typed })}</bdi>}>
            <Input
              value={word}
              autoComplete={false}
              onChange={({ detail }) => {
                setWord(detail.value);
              }}
            />
          </FormField>
        )}
        {commands ? <CliPanel commands={commands} /> : null}
        <ErrorAlert error={act.error} />
      </SpaceBetween>
    </Modal>
  );
}
