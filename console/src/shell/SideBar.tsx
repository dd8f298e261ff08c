// The side navigation, from the table of pages.
import SideNavigation, { type SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import { useLanguage, useText } from "@/i18n";
import type { Language } from "@/preferences";
import type { PageEntry, Section } from "@/pages/menu";
import { PAGES } from "@/pages/registry";
import { href, navigate, PREFIX, to, usePlace } from "@/router";
import { strings } from "./strings";

const SECTIONS = {
  people: "sectionPeople",
  watch: "sectionWatch",
  posture: "sectionPosture",
  protect: "sectionProtect",
  notify: "sectionNotify",
  build: "sectionBuild",
  account: "sectionAccount",
} as const satisfies Record<Exclude<Section, "top">, string>;

type Item = SideNavigationProps.Item;

function linesOf(entry: PageEntry, language: Language, open: string): Item {
  const text = entry.title[language];
  if (!entry.links) return { type: "link", text, href: href(to(entry.path)) };
  return {
    type: "expandable-link-group",
    text,
    href: href(entry.links[0]?.to ?? to(entry.path)),
    defaultExpanded: open === entry.path,
    items: entry.links.map((link) => ({ type: "link", text: link.title[language], href: href(link.to) })),
  };
}

/** The line of the menu for an address: the longest that it begins with. */
function activeLine(path: string): string {
  const lines = PAGES.flatMap((entry) => entry.links?.map((link) => link.to) ?? [to(entry.path)]);
  const found = lines.filter((line) => path === line || path.startsWith(`${line}/`)).sort((one, other) => other.length - one.length);
  return href(found[0] ?? path);
}

export function SideBar() {
  const t = useText(strings);
  const language = useLanguage();
  const { path } = usePlace();
  const open = path.split("/")[1] ?? "";
  const of = (section: Section): Item[] => PAGES.filter((entry) => entry.section === section).map((entry) => linesOf(entry, language, open));
  const sections = Object.entries(SECTIONS).flatMap(([section, title]): Item[] => {
    const items = of(section as Section);
    return items.length === 0 ? [] : [{ type: "section", text: t(title), items }];
  });
  return (
    <SideNavigation
      key={open}
      activeHref={activeLine(path)}
      items={[...of("top"), ...sections]}
      onFollow={(event) => {
        if (event.detail.external) return;
        event.preventDefault();
        navigate(event.detail.href.slice(PREFIX.length));
      }}
    />
  );
}
