// Making an access key, whose secret is shown once.
import { type AccessKey, CreateAccessKeyCommand, IAMClient } from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Command, Confirm, KeyValues } from "@/kit";
import { useClient } from "@/session";
import { common } from "../strings/common";
import { strings } from "../strings/people";

export function CreateAccessKey({ user, onClose }: { user: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [made, setMade] = useState<AccessKey>();
  const input = { UserName: user };
  if (made)
    return (
      <Made
        made={made}
        onClose={() => {
          onClose(true);
        }}
      />
    );
  return (
    <Confirm
      title={t("createKey")}
      action={t("createKey")}
      commands={[cli("iam", "CreateAccessKey", input)]}
      onConfirm={async () => {
        setMade((await iam.send(new CreateAccessKeyCommand(input))).AccessKey);
      }}
      onClose={(done) => {
        if (!done) onClose(false);
      }}
    >
      <bdi>{t("createKeyText", { user })}</bdi>
    </Confirm>
  );
}

function Made({ made, onClose }: { made: AccessKey; onClose: () => void }) {
  const t = useText(strings);
  const c = useText(common);
  const [isShown, setShown] = useState(false);
  return (
    <Modal
      visible
      header={t("createKey")}
      closeAriaLabel={c("close")}
      onDismiss={({ detail }) => {
        if (detail.reason !== "overlay") onClose(); // a stray click must not lose the secret
      }}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            {c("done")}
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">{t("keyMade")}</Alert>
        <KeyValues
          columns={1}
          facts={[
            [t("keyId"), <Command key="id">{made.AccessKeyId ?? ""}</Command>],
            [
              t("secret"),
              isShown ? (
                <Command key="secret">{made.SecretAccessKey ?? ""}</Command>
              ) : (
                <Button
                  key="show"
                  onClick={() => {
                    setShown(true);
                  }}
                >
                  {t("showSecret")}
                </Button>
              ),
            ],
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}
