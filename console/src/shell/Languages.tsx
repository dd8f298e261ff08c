// Cloudscape's own texts, in the language that is shown.
import { I18nProvider, type I18nProviderProps } from "@cloudscape-design/components/i18n";
import { type ReactNode, useEffect, useState } from "react";
import { useLanguage } from "@/i18n";
import type { Language } from "@/preferences";

type Messages = I18nProviderProps.Messages;

async function messagesOf(language: Language): Promise<Messages> {
  const module = language === "zh" ? await import("@cloudscape-design/components/i18n/messages/all.zh-CN") : await import("@cloudscape-design/components/i18n/messages/all.en");
  return module.default;
}

export function Languages({ children }: { children: ReactNode }) {
  const language = useLanguage();
  const [messages, setMessages] = useState<Messages[]>([]);
  useEffect(() => {
    let isWanted = true;
    void messagesOf(language).then((loaded) => {
      if (isWanted) setMessages([loaded]);
    });
    return () => {
      isWanted = false;
    };
  }, [language]);
  return (
    <I18nProvider locale={language === "zh" ? "zh-CN" : "en"} messages={messages}>
      {children}
    </I18nProvider>
  );
}
