// The sign-in page: a user or root with a password and an MFA code, or an identity provider.
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { useSession } from "@/session";
import { useSettings } from "@/settings";
import { Entrance } from "./Entrance";
import { Providers } from "./Providers";
import { SignInForm } from "./SignInForm";
import { strings } from "./strings";

export default function SignInPage() {
  const t = useText(strings);
  const { account, providers } = useSettings();
  const { note } = useSession();
  return (
    <Entrance title={t("signIn")} description={t("signInText")}>
      <SpaceBetween size="l">
        <SignInForm account={account} {...(note ? { note } : {})} />
        {providers.length > 0 ? (
          <SpaceBetween size="s">
            <div className="g-or">
              <Box color="text-body-secondary">{t("providers")}</Box>
            </div>
            <Providers />
          </SpaceBetween>
        ) : null}
      </SpaceBetween>
    </Entrance>
  );
}
