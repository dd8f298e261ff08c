// The routes of IAM.
import { route } from "@/router";
import { AnalyzersPage } from "./access/Analyzers";
import { WhoCanPage } from "./access/WhoCan";
import { WhyPage } from "./access/Why";
import { ReportPage } from "./report/CredentialReport";
import { DashboardPage } from "./Dashboard";
import { GroupPage } from "./groups/Group";
import { GroupsPage } from "./groups/Groups";
import { AccountPage } from "./PasswordPolicy";
import { InlinePolicyPage } from "./permissions/InlinePolicy";
import { CreatePolicyPage } from "./policies/CreatePolicy";
import { PoliciesPage } from "./policies/Policies";
import { PolicyPage } from "./policies/Policy";
import { ProviderPage } from "./providers/Provider";
import { ProvidersPage } from "./providers/Providers";
import { CreateRolePage } from "./roles/CreateRole";
import { RolePage } from "./roles/Role";
import { RolesPage } from "./roles/Roles";
import { UserPage } from "./users/User";
import { UsersPage } from "./users/Users";

export default [
  route("/", DashboardPage),
  route("/providers", ProvidersPage),
  route("/providers/:arn", ProviderPage),
  route("/account", AccountPage),
  route("/report", ReportPage),
  route("/who-can", WhoCanPage),
  route("/why", WhyPage),
  route("/analyzers", AnalyzersPage),
  route("/users", UsersPage),
  route("/users/:name", UserPage),
  route("/users/:name/inline", ({ name }) => <InlinePolicyPage holder={{ kind: "user", name }} />),
  route("/users/:name/inline/:policy", ({ name, policy }) => <InlinePolicyPage holder={{ kind: "user", name }} policy={policy} />),
  route("/groups", GroupsPage),
  route("/groups/:name", GroupPage),
  route("/groups/:name/inline", ({ name }) => <InlinePolicyPage holder={{ kind: "group", name }} />),
  route("/groups/:name/inline/:policy", ({ name, policy }) => <InlinePolicyPage holder={{ kind: "group", name }} policy={policy} />),
  route("/roles", RolesPage),
  route("/roles/-/new", CreateRolePage),
  route("/roles/:name", RolePage),
  route("/roles/:name/inline", ({ name }) => <InlinePolicyPage holder={{ kind: "role", name }} />),
  route("/roles/:name/inline/:policy", ({ name, policy }) => <InlinePolicyPage holder={{ kind: "role", name }} policy={policy} />),
  route("/policies", PoliciesPage),
  route("/policies/new", CreatePolicyPage),
  route("/policies/:arn", PolicyPage),
];
