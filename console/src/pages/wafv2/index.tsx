// The routes of WAF.
import { route } from "@/router";
import { IpSetsPage, RegexSetsPage, RuleGroupsPage, WebAclsPage } from "./Entities";
import { RuleGroupPage } from "./RuleGroup";
import { IpSetPage, RegexSetPage } from "./Sets";
import { WebAclPage } from "./WebAcl";

export default [
  route("/", WebAclsPage),
  route("/web-acls/:scope/:name/:id", WebAclPage),
  route("/rule-groups", RuleGroupsPage),
  route("/rule-groups/:scope/:name/:id", RuleGroupPage),
  route("/ip-sets", IpSetsPage),
  route("/ip-sets/:scope/:name/:id", IpSetPage),
  route("/regex-sets", RegexSetsPage),
  route("/regex-sets/:scope/:name/:id", RegexSetPage),
];
