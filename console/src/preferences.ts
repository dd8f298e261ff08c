// What a person chose for this browser: language, theme, time zone. Nothing secret is kept here.
import { applyDensity, applyMode, Density, Mode } from "@cloudscape-design/global-styles";
import { createStore } from "./store";

export type Language = "en" | "zh";
export type Theme = "system" | "light" | "dark";
export type Zone = "local" | "utc";

export interface Preferences {
  language: Language;
  theme: Theme;
  zone: Zone;
  density: "comfortable" | "compact";
}

const KEY = "garrison.preferences";

function fromBrowser(): Preferences {
  const language: Language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  const defaults: Preferences = { language, theme: "system", zone: "local", density: "comfortable" };
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return defaults;
  }
}

export const preferences = createStore<Preferences>(fromBrowser());

export function prefer(change: Partial<Preferences>): void {
  const chosen = { ...preferences.get(), ...change };
  preferences.set(chosen);
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // A browser that keeps nothing forgets the choice with the page.
  }
}

const darkSystem = window.matchMedia("(prefers-color-scheme: dark)");

function show(): void {
  const { theme, language, density } = preferences.get();
  const dark = theme === "dark" || (theme === "system" && darkSystem.matches);
  applyMode(dark ? Mode.Dark : Mode.Light);
  applyDensity(density === "compact" ? Density.Compact : Density.Comfortable);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
}

/** Apply the choices to the document, now and whenever they change. */
export function followPreferences(): void {
  show();
  preferences.subscribe(show);
  darkSystem.addEventListener("change", show);
}
