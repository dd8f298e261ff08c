// The top navigation: account, region, who is calling, language and theme.
import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { useText } from "@/i18n";
import { type Language, prefer, preferences, type Theme } from "@/preferences";
import { PAGES } from "@/pages/registry";
import { href, mayLeave, navigate, to, usePlace } from "@/router";
import { chooseRegion, recentRoles, signOut, switchBack, switchRole, useRegion, useSession } from "@/session";
import { flash } from "@/kit/flash";
import { failureOf } from "@/session";
import { useSettings } from "@/settings";
import { useStore } from "@/store";
import { strings } from "./strings";

type Utility = TopNavigationProps.Utility;

export function TopBar({ onSwitchRole }: { onSwitchRole: () => void }) {
  const t = useText(strings);
  const utilities = [useRegionMenu(), useLookMenu(), useIdentityMenu(onSwitchRole)];
  return (
    <TopNavigation
      identity={{
        href: href("/overview"),
        title: t("product"),
        logo: { src: href("/shield.svg"), alt: "" },
        onFollow: (event) => {
          event.preventDefault();
          navigate("/overview");
        },
      }}
      utilities={utilities}
    />
  );
}

function useRegionMenu(): Utility {
  const t = useText(strings);
  const { regions } = useSettings();
  const region = useRegion();
  const first = usePlace().path.split("/")[1] ?? "";
  const isGlobal = PAGES.find(({ path }) => path === first)?.global;
  return {
    type: "menu-dropdown",
    iconName: "globe",
    text: isGlobal ? `${region} *` : region,
    ariaLabel: `${t("region")}: ${region}`,
    items: regions.map((id) => ({ id, text: id, itemType: "checkbox", checked: id === region })),
    onItemClick: ({ detail }) => {
      chooseRegion(detail.id);
    },
  };
}

function useLookMenu(): Utility {
  const t = useText(strings);
  const { language, theme } = useStore(preferences);
  const themes: Theme[] = ["system", "light", "dark"];
  const languages: [Language, string][] = [
    ["en", "English"],
    ["zh", "中文"],
  ];
  return {
    type: "menu-dropdown",
    iconName: "settings",
    ariaLabel: `${t("language")}, ${t("theme")}`,
    title: `${t("language")}, ${t("theme")}`,
    items: [
      {
        id: "language",
        text: t("language"),
        items: languages.map(([id, text]) => ({ id: `language ${id}`, text, itemType: "checkbox", checked: id === language })),
      },
      {
        id: "theme",
        text: t("theme"),
        items: themes.map((id) => ({ id: `theme ${id}`, text: t(id), itemType: "checkbox", checked: id === theme })),
      },
    ],
    onItemClick: ({ detail }) => {
      const [kind, value] = detail.id.split(" ");
      prefer(kind === "theme" ? { theme: value as Theme } : { language: value as Language });
    },
  };
}

function useIdentityMenu(onSwitchRole: () => void): Utility {
  const t = useText(strings);
  const { person, role } = useSession();
  const recent = recentRoles().filter((one) => one.arn !== role?.arn);
  const name = person?.name ?? "";
  const go = (id: string) => {
    if (id === "settings") navigate(to("settings"));
    else if (id === "switch") onSwitchRole();
    else if (!mayLeave()) return;
    else if (id === "back") switchBack();
    else if (id === "out") void signOut();
    else {
      const wanted = recent.find((one) => one.arn === id);
      if (wanted)
        switchRole(wanted).catch((error: unknown) => {
          flash("error", failureOf(error).message);
        });
    }
  };
  return {
    type: "menu-dropdown",
    iconName: "user-profile",
    text: role ? `${role.label} @ ${person?.account ?? ""}` : `${name} @ ${person?.account ?? ""}`,
    ariaLabel: t("identity", { name: role?.label ?? name }),
    description: role?.arn ?? person?.arn ?? "",
    items: [
      { id: "settings", text: t("settings") },
      ...(role ? [{ id: "back", text: t("switchBack", { name }) }] : []),
      { id: "switch", text: t("switchRole") },
      ...(recent.length > 0 ? [{ id: "recent", text: t("roleRecent"), items: recent.map(({ arn, label }) => ({ id: arn, text: label, description: arn })) }] : []),
      { id: "out", text: t("signOut") },
    ],
    onItemClick: ({ detail }) => {
      go(detail.id);
    },
  };
}
