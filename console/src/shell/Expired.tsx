// The dialog of an ended session: sign in again, and the page underneath goes on.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { useReturnFocus } from "@/kit/useReturnFocus";
import { signOut, useSession } from "@/session";
import { useSettings } from "@/settings";
import { Providers } from "./Providers";
import { SignInForm } from "./SignInForm";
import { strings } from "./strings";

export default function Expired() {
  const t = useText(strings);
  useReturnFocus();
  const { account, providers } = useSettings();
  const { person, elsewhere } = useSession();
  const hasPassword = person?.kind === "IAMUser" || person?.kind === "Root";
  return (
    <Modal visible header={t("expired")} onDismiss={() => undefined} closeAriaLabel={t("dismiss")} className="g-expired">
      <SpaceBetween size="m">
        <span>{t("expiredText")}</span>
        {elsewhere ? (
          <Alert
            type="info"
            action={
              <Button
                onClick={() => {
                  window.location.reload();
                }}
              >
                <bdi>{t("goOnAs", { name: elsewhere.name })}</bdi>
              </Button>
            }
          >
            <bdi>{t("elsewhere", { name: elsewhere.name })}</bdi>
          </Alert>
        ) : null}
        {hasPassword ? <SignInForm account={person.account || account} only={{ user: person.kind === "Root" ? undefined : person.name }} /> : null}
        {!hasPassword && providers.length > 0 ? (
          <SpaceBetween size="m">
            <span>{t("expiredAside")}</span>
            <Providers isAside />
          </SpaceBetween>
        ) : null}
        <Box textAlign="center">
          <Button variant="link" onClick={() => void signOut()}>
            {t("otherPerson")}
          </Button>
        </Box>
      </SpaceBetween>
    </Modal>
  );
}
