// The routes of CloudWatch: alarms, metrics and logs.
import { route } from "@/router";
import { AlarmPage } from "./alarms/Alarm";
import { AlarmsPage } from "./alarms/Alarms";
import { LogGroupPage } from "./logs/LogGroup";
import { LogGroupsPage } from "./logs/LogGroups";
import { MetricsPage } from "./metrics/Metrics";

export default [
  route("/", AlarmsPage),
  route("/alarms/:name", AlarmPage),
  route("/metrics", MetricsPage),
  route("/logs", LogGroupsPage),
  route("/logs/:name", LogGroupPage),
];
