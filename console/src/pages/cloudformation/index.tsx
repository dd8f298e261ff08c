// The routes of CloudFormation.
import { route } from "@/router";
import { ChangeSetPage } from "./ChangeSet";
import { DeployPage } from "./Deploy";
import { ExportsPage } from "./Exports";
import { StackPage } from "./Stack";
import { StacksPage } from "./Stacks";

export default [
  route("/", StacksPage),
  route("/deploy", DeployPage),
  route("/exports", ExportsPage),
  route("/stacks/:id", StackPage),
  route("/stacks/:id/changes/:changeSet", ChangeSetPage),
];
