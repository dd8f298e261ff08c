// The dialog of an ended session: sign in again, and the page underneath goes on.
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { signOut, useSession } from "@/session";
import { useSettings } from "@/settings";
import { SignInForm } from "./SignInForm";
import { strings } from "./strings";

export default function Expired() {
  const t = useText(strings);
  const { account } = useSettings();
  const { person } = useSession();
  const hasPassword = person?.kind === "IAMUser" || person?.kind === "Root";
  return (
    <Modal visible header={t("expired")} onDismiss={() => undefined} closeAriaLabel={t("dismiss")}>
      <SpaceBetween size="m">
        <span>{t("expiredText")}</span>
        {hasPassword ? <SignInForm account={person.account || account} only={{ user: person.kind === "Root" ? undefined : person.name }} /> : null}
        <Button variant="link" onClick={() => void signOut()}>
          {t("otherPerson")}
        </Button>
      </SpaceBetween>
    </Modal>
  );
}
