"""Rule groups inside a web ACL: their own labels, and what the web ACL makes of their actions.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html
"""

from __future__ import annotations

from typing import Any

import pytest

from garrison.waf.decision import Action, Decision, RuleKind
from garrison.waf.managed import LIST_PREFIX
from garrison.waf.patterns import MemoryCache
from garrison.waf.program import Program, Refused
from tests.waf.acl import NOW, byte_match, get, program, reference, rule, rule_group, web_acl

ARN = "arn:aws:wafv2:us-east-1:111122223333:regional/rulegroup/group/1"
PATH = {"UriPath": {}}
GROUP = rule_group(
    rule("label", byte_match("/", "STARTS_WITH", PATH), "Count", RuleLabels=[{"Name": "seen"}]),
    rule("bad", byte_match("bad", "CONTAINS", PATH), RuleLabels=[{"Name": "is:bad"}]),
    rule("good", byte_match("good", "CONTAINS", PATH), "Allow"),
    rule("by-label", {"LabelMatchStatement": {"Scope": "NAMESPACE", "Key": "is:"}}),
)
CACHE = MemoryCache()
PREFIX = "awswaf:111122223333:rulegroup:group:"


def decide(path: str, override: str = "None", group: Any = GROUP, **more: Any) -> Decision:
    refer = reference("ref", {"RuleGroupReferenceStatement": {"ARN": ARN, **more}}, override)
    after = rule("after", {"LabelMatchStatement": {"Scope": "LABEL", "Key": PREFIX + "is:bad"}}, "Count")
    return program(web_acl(refer, after), rule_groups={ARN: group}).decide(get(path), NOW)


def test_a_rule_that_ends_inside_a_group_ends_the_web_acl() -> None:
    decision = decide("/bad")
    assert (decision.action, decision.rule, decision.kind) == (Action.BLOCK, "ref", RuleKind.GROUP)
    assert decision.terminating is not None
    assert decision.terminating.rule == "bad"
    (result,) = decision.groups
    assert (result.group, result.rule, result.terminating) == (ARN, "ref", decision.terminating)
    assert [hit.rule for hit in result.counted] == ["label"]
    assert decision.labels == (PREFIX + "seen", PREFIX + "is:bad")
    assert decide("/good").action is Action.ALLOW


def test_a_group_that_only_counts_is_listed_and_the_rest_follows() -> None:
    decision = decide("/")
    assert decision.rule == "Default_Action"
    assert decision.groups[0].terminating is None
    assert [hit.rule for hit in decision.groups[0].counted] == ["label"]
    assert decision.counted == ()


def test_overriding_the_group_to_count_keeps_what_it_found_and_goes_on() -> None:
    decision = decide("/bad", "Count")
    assert decision.rule == "Default_Action"
    assert decision.groups[0].terminating is not None
    assert decision.groups[0].terminating.rule == "bad"
    assert [(hit.rule, hit.action, hit.overridden) for hit in decision.counted] == [
        ("ref", Action.COUNT, Action.BLOCK),
        ("after", Action.COUNT, None),
    ]


def test_an_overridden_rule_does_what_the_override_says_and_the_next_ones_follow() -> None:
    decision = decide("/bad", RuleActionOverrides=[{"Name": "bad", "ActionToUse": {"Count": {}}}])
    assert decision.terminating is not None
    assert decision.terminating.rule == "by-label"
    counted = {hit.rule: (hit.action, hit.overridden) for hit in decision.groups[0].counted}
    assert counted == {"label": (Action.COUNT, None), "bad": (Action.COUNT, Action.BLOCK)}
    allowed = decide("/bad", RuleActionOverrides=[{"Name": "bad", "ActionToUse": {"Allow": {}}}])
    assert (allowed.action, allowed.rule) == (Action.ALLOW, "ref")


def test_excluded_rules_count_and_label_and_are_listed_by_name() -> None:
    decision = decide("/bad", ExcludedRules=[{"Name": "bad"}, {"Name": "by-label"}])
    assert decision.rule == "Default_Action"
    assert decision.groups[0].excluded == ("bad", "by-label")
    assert [hit.rule for hit in decision.counted] == ["after"]


def test_an_override_takes_bodies_of_the_web_acl_and_the_groups_own_rules_those_of_the_group() -> None:
    def blocking(key: str) -> dict[str, Any]:
        return {"Block": {"CustomResponse": {"ResponseCode": 403, "CustomResponseBodyKey": key}}}

    def bodies(text: str) -> dict[str, Any]:
        return {"key": {"ContentType": "TEXT_PLAIN", "Content": text}}

    group = rule_group(
        rule("own", byte_match("own", "CONTAINS", PATH), blocking("key")),
        rule("other", byte_match("other", "CONTAINS", PATH)),
        CustomResponseBodies=bodies("of the group"),
    )
    overrides = [{"Name": "other", "ActionToUse": blocking("key")}]
    statement = {"RuleGroupReferenceStatement": {"ARN": ARN, "RuleActionOverrides": overrides}}
    ready = program(
        web_acl(reference("ref", statement), CustomResponseBodies=bodies("of the ACL")), rule_groups={ARN: group}
    )
    answers = [ready.decide(get(path), NOW).answer for path in ("/own", "/other")]
    assert [answer and answer.body for answer in answers] == [b"of the group", b"of the ACL"]


def test_an_action_that_cannot_work_is_refused_unless_it_is_overridden() -> None:
    group = rule_group(rule("puzzle", byte_match("/", "STARTS_WITH", PATH), "Captcha"))
    with pytest.raises(Refused, match="rule ref/puzzle: the action Captcha is not supported"):
        decide("/", group=group)
    overrides = [{"Name": "puzzle", "ActionToUse": {"Count": {}}}]
    assert decide("/", group=group, RuleActionOverrides=overrides).groups[0].counted[0].rule == "puzzle"
    with pytest.raises(Refused, match="Challenge"):
        decide("/", RuleActionOverrides=[{"Name": "bad", "ActionToUse": {"Challenge": {}}}])


def test_groups_do_not_stand_inside_groups() -> None:
    inner = rule_group(reference("inner", {"RuleGroupReferenceStatement": {"ARN": ARN}}, Action={"Block": {}}))
    with pytest.raises(Refused, match="cannot stand inside"):
        decide("/", group=inner)


COMMON = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}
NO_AGENT = "awswaf:managed:aws:core-rule-set:NoUserAgent_Header"


def managed(override: str = "None", versions: dict[str, str] | None = None, **more: Any) -> Program:
    refer = reference("ref", {"ManagedRuleGroupStatement": {**COMMON, **more}}, override)
    return program(web_acl(refer), cache=CACHE, versions=versions or {})


def test_a_managed_group_decides_with_its_own_labels_and_name() -> None:
    decision = managed().decide(get(), NOW)
    assert (decision.action, decision.rule, decision.kind) == (Action.BLOCK, "ref", RuleKind.MANAGED)
    assert decision.groups[0].group == "AWS#AWSManagedRulesCommonRuleSet"
    assert decision.terminating is not None
    assert decision.terminating.rule == "NoUserAgent_HEADER"
    assert decision.labels == (NO_AGENT,)
    assert managed().decide(get(user_agent="Mozilla/5.0", host="example.com"), NOW).action is Action.ALLOW


def test_a_managed_group_takes_the_version_that_is_named_or_that_the_bundle_says() -> None:
    named = managed(Version="Version_1.0").decide(get(), NOW)
    assert named.groups[0].group == "AWS#AWSManagedRulesCommonRuleSet#Version_1.0"
    stands = managed(versions={"AWS#AWSManagedRulesCommonRuleSet": "Version_1.0"}).decide(get(), NOW)
    assert stands.groups == named.groups
    with pytest.raises(Refused, match="there is no managed rule group AWS"):
        managed(Version="Version_0.1")


def test_a_scope_down_statement_narrows_a_managed_group() -> None:
    ready = managed(ScopeDownStatement=byte_match("/app", "STARTS_WITH", PATH))
    assert ready.decide(get("/app"), NOW).rule == "ref"
    outside = ready.decide(get("/other"), NOW)
    assert (outside.rule, outside.groups) == ("Default_Action", ())


def test_overrides_of_rules_that_a_managed_group_does_not_have_are_ignored() -> None:
    overrides = [{"Name": "NoSuchRule", "ActionToUse": {"Count": {}}}]
    assert managed(RuleActionOverrides=overrides).decide(get(), NOW).rule == "ref"


def test_a_list_that_the_operator_does_not_supply_is_empty() -> None:
    reputation = {"VendorName": "AWS", "Name": "AWSManagedRulesAmazonIpReputationList"}
    refer = reference("ref", {"ManagedRuleGroupStatement": reputation})
    assert program(web_acl(refer)).decide(get(), NOW).rule == "Default_Action"
    listed = {LIST_PREFIX + "ip-reputation": ("192.0.2.44/32",)}
    assert program(web_acl(refer), ip_sets=listed).decide(get(), NOW).rule == "ref"
