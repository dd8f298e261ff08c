// What surrounds the pages before one is signed in: the product's name above, the choice of language below.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useEffect } from "react";
import { useText } from "@/i18n";
import { type Language, prefer, preferences } from "@/preferences";
import { href } from "@/router";
import { useSettings } from "@/settings";
import { useStore } from "@/store";
import { strings } from "./strings";
import { Weather } from "./Weather";
import "./shell.css";

const LANGUAGES: [Language, string][] = [
  ["en", "English"],
  ["zh", "中文"],
];

export function Entrance({ title, description, children }: { title: string; description: string; children: ReactNode }) {
  const t = useText(strings);
  const { version } = useSettings();
  useEffect(() => {
    document.title = `${title} – Garrison`;
  }, [title]);
  return (
    <main className="g-entrance">
      <Weather />
      <SpaceBetween size="l">
        <div className="g-product">
          <img src={href("/shield.svg")} alt="" />
          <Box fontSize="heading-xl" fontWeight="bold">
            {t("product")}
          </Box>
        </div>
        <Container
          header={
            <Header variant="h1" description={description}>
              {title}
            </Header>
          }
        >
          {children}
        </Container>
        <footer className="g-entrance-foot">
          <LanguageButtons />
          <Box variant="small">Garrison {version}</Box>
        </footer>
      </SpaceBetween>
    </main>
  );
}

function LanguageButtons() {
  const { language } = useStore(preferences);
  return LANGUAGES.map(([id, name]) => (
    <Button
      key={id}
      variant="inline-link"
      disabled={id === language}
      onClick={() => {
        prefer({ language: id });
      }}
    >
      <span lang={id}>{name}</span>
    </Button>
  ));
}
