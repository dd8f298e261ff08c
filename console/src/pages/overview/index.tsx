// The overview: how the account stands, and what happened last.
import { useText } from "@/i18n";
import { Page } from "@/kit";
import { route } from "@/router";
import { ActivePeople, LastChanges, useRecentEvents } from "./Activity";
import { AlarmsNow, useAlarms } from "./Alarms";
import { BrokenRules, useRules } from "./Rules";
import { strings } from "./strings";
import { useFindings } from "./findings";
import { Standing } from "./Standing";
import { Trend } from "./Trend";
import "./overview.css";

function Overview() {
  const t = useText(strings);
  const alarms = useAlarms();
  const rules = useRules();
  const findings = useFindings();
  const events = useRecentEvents();
  return (
    <Page title={t("title")} description={t("text")} help={t("help")}>
      <Standing alarms={alarms} rules={rules} findings={findings} />
      <div className="g-overview">
        <AlarmsNow alarms={alarms} />
        <BrokenRules rules={rules} />
        <Trend findings={findings} />
        <ActivePeople events={events} />
      </div>
      <LastChanges />
    </Page>
  );
}

export default [route("/", Overview)];
