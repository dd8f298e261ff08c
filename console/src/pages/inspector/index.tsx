// The routes of Inspector: findings over what hosts report, CIS scans, the hosts, and the assessments of Inspector Classic.
import { route } from "@/router";
import { CisPage } from "./cis/Cis";
import { ScanPage } from "./cis/Scan";
import { ScannedHostPage } from "./cis/ScannedHost";
import { ClassicFindingPage } from "./classic/ClassicFinding";
import { RunPage } from "./classic/Run";
import { RunsPage } from "./classic/Runs";
import { TargetsPage } from "./classic/Targets";
import { TemplatesPage } from "./classic/Templates";
import { CountsPage } from "./Counts";
import { CoveragePage } from "./Coverage";
import { FindingPage } from "./Finding";
import { FindingsPage } from "./Findings";
import { AgentsPage } from "./hosts/Agents";
import { HostPage } from "./hosts/Host";
import { HostsPage } from "./hosts/Hosts";
import { SuppressionPage } from "./Suppression";

export default [
  route("/", FindingsPage),
  route("/findings/:arn", FindingPage),
  route("/counts", CountsPage),
  route("/coverage", CoveragePage),
  route("/filters", SuppressionPage),
  route("/cis", CisPage),
  route("/cis/scans/:arn", ScanPage),
  route("/cis/scans/:arn/hosts/:host", ScannedHostPage),
  route("/hosts", HostsPage),
  route("/hosts/:name", HostPage),
  route("/agents", AgentsPage),
  route("/runs", RunsPage),
  route("/runs/:arn", RunPage),
  route("/run-findings/:arn", ClassicFindingPage),
  route("/templates", TemplatesPage),
  route("/targets", TargetsPage),
];
