// The routes of Trusted Advisor.
import { route } from "@/router";
import { AdvicePage } from "./Advice";
import { CheckPage } from "./Check";
import { PreferencesPage } from "./Preferences";
import { RunsPage } from "./Runs";

export default [
  route("/", AdvicePage),
  route("/checks/:id", CheckPage),
  route("/runs", RunsPage),
  route("/preferences", PreferencesPage),
];
