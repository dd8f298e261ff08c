// What surrounds every page: top and side navigation, breadcrumbs, notifications, and the panel of help and commands.
import AppLayoutToolbar from "@cloudscape-design/components/app-layout-toolbar";
import Flashbar from "@cloudscape-design/components/flashbar";
import { lazy, Suspense, useState } from "react";
import { useText } from "@/i18n";
import { dismiss, flashes } from "@/kit/flash";
import { Breadcrumbs } from "@/kit/Page";
import { useSession } from "@/session";
import { useStore } from "@/store";
import { HelpAndCommands } from "./HelpAndCommands";
import { Pages } from "./Pages";
import { SideBar } from "./SideBar";
import { strings } from "./strings";
import { TopBar } from "./TopBar";
import { useFocusOnHeading } from "./useFocusOnHeading";
import { Weather } from "./Weather";
import "./shell.css";

// Dialogs that most visits never open.
const Expired = lazy(() => import("./Expired"));
const SwitchRole = lazy(() => import("./SwitchRole"));

export default function Shell() {
  const t = useText(strings);
  const { expired } = useSession();
  const [switching, setSwitching] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isMenuOpen, setMenuOpen] = useState(window.innerWidth > 1100);
  useFocusOnHeading();
  return (
    <>
      <a className="g-skip" href="#content" onClick={focusContent}>
        {t("skip")}
      </a>
      <div id="top" className="g-top">
        <TopBar
          onSwitchRole={() => {
            setSwitching(true);
          }}
        />
      </div>
      <AppLayoutToolbar
        headerSelector="#top"
        navigation={<SideBar />}
        navigationOpen={isMenuOpen}
        onNavigationChange={({ detail }) => {
          setMenuOpen(detail.open);
        }}
        breadcrumbs={<Breadcrumbs />}
        notifications={<Notifications />}
        stickyNotifications
        tools={<HelpAndCommands />}
        toolsOpen={isHelpOpen}
        onToolsChange={({ detail }) => {
          setHelpOpen(detail.open);
        }}
        maxContentWidth={Number.MAX_VALUE}
        content={
          <div id="content">
            <Pages />
          </div>
        }
        ariaLabels={{
          navigation: t("navigation"),
          navigationToggle: t("openNavigation"),
          navigationClose: t("closeNavigation"),
          tools: t("help"),
          toolsToggle: t("openHelp"),
          toolsClose: t("closeHelp"),
          notifications: t("notifications"),
        }}
      />
      <Suspense fallback={null}>
        {switching ? (
          <SwitchRole
            onClose={() => {
              setSwitching(false);
            }}
          />
        ) : null}
        {expired ? <Expired /> : null}
      </Suspense>
    </>
  );
}

function focusContent(event: React.MouseEvent): void {
  event.preventDefault();
  const heading = document.querySelector<HTMLElement>("#content h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}

function Notifications() {
  const t = useText(strings);
  const items = useStore(flashes);
  const { person, role } = useSession();
  const isRoot = person?.kind === "Root" && !role;
  return (
    <>
      <Weather />
      {isRoot ? <Flashbar items={[{ id: "root", type: "warning", content: t("signedInAsRoot") }]} /> : null}
      <Flashbar
        items={items.map(({ id, type, text }) => ({
          id,
          type,
          content: <bdi>{text}</bdi>,
          dismissible: true,
          dismissLabel: t("dismiss"),
          ariaRole: type === "error" ? "alert" : "status",
          onDismiss: () => {
            dismiss(id);
          },
        }))}
      />
    </>
  );
}
