// CIS scans: those that were made, and the configurations that they are made by.
import Tabs from "@cloudscape-design/components/tabs";
import { useText } from "@/i18n";
import { Page } from "@/kit";
import { useQueryValue } from "@/router";
import { Configurations } from "./Configurations";
import { Scans } from "./Scans";
import { cisStrings } from "./strings";

export function CisPage() {
  const t = useText(cisStrings);
  const [tab, setTab] = useQueryValue("tab", "scans");
  return (
    <Page title={t("title")} description={t("text")} help={t("help")}>
      <Tabs
        ariaLabel={t("title")}
        activeTabId={tab}
        onChange={({ detail }) => {
          setTab(detail.activeTabId);
        }}
        tabs={[
          { id: "scans", label: t("scans"), content: <Scans /> },
          { id: "configurations", label: t("configurations"), content: <Configurations /> },
        ]}
      />
    </Page>
  );
}
