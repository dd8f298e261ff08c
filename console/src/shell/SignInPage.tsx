// The sign-in page: a user or root with a password and an MFA code, or an identity provider.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect } from "react";
import { useText } from "@/i18n";
import { type Language, prefer, preferences } from "@/preferences";
import { type Provider, useSettings } from "@/settings";
import { useStore } from "@/store";
import { useSession } from "@/session";
import { SignInForm } from "./SignInForm";
import { strings } from "./strings";
import { Weather } from "./Weather";
import "./shell.css";

export default function SignInPage() {
  const t = useText(strings);
  const { account, providers, version } = useSettings();
  const { note } = useSession();
  const title = t("signIn");
  useEffect(() => {
    document.title = `${title} – Garrison`;
  }, [title]);
  return (
    <main className="g-sign-in">
      <Weather />
      <SpaceBetween size="l">
        <Container
          header={
            <Header variant="h1" description={t("accountNumber", { account })}>
              {t("product")}
            </Header>
          }
        >
          <SpaceBetween size="l">
            <SignInForm account={account} {...(note ? { note } : {})} />
            {providers.length > 0 ? <Providers providers={providers} /> : null}
          </SpaceBetween>
        </Container>
        <Box textAlign="center">
          <LanguageButtons />
          <Box variant="small" margin={{ top: "xs" }} display="block">
            Garrison {version}
          </Box>
        </Box>
      </SpaceBetween>
    </main>
  );
}

const LANGUAGES: [Language, string][] = [
  ["en", "English"],
  ["zh", "中文"],
];

function LanguageButtons() {
  const { language } = useStore(preferences);
  return (
    <div className="g-languages">
      {LANGUAGES.map(([id, name]) => (
        <Button
          key={id}
          variant="inline-link"
          disabled={id === language}
          onClick={() => {
            prefer({ language: id });
          }}
        >
          {name}
        </Button>
      ))}
    </div>
  );
}

function Providers({ providers }: { providers: Provider[] }) {
  const t = useText(strings);
  return (
    <SpaceBetween size="s">
      <Box variant="h2" fontSize="heading-s">
        {t("providers")}
      </Box>
      {providers.map((provider) => (
        <Button
          key={provider.arn}
          fullWidth
          onClick={() => {
            window.location.assign(provider.url);
          }}
        >
          {t("provider", { name: provider.name })}
        </Button>
      ))}
    </SpaceBetween>
  );
}
