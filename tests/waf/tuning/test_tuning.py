"""The proposed exception is the narrowest there is, and is proved by deciding."""

from __future__ import annotations

from typing import Any

import pytest

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action
from garrison.waf.program import compile_program
from garrison.waf.tuning import Proposal, Untunable, attacks_around, propose
from tests.waf.acl import NONE, NOW, byte_match, get, reference, rule, rule_group, web_acl

ARN = "arn:aws:wafv2:us-east-1:111122223333:regional/rulegroup/group/1"
DECODED = [{"Priority": 0, "Type": "URL_DECODE"}]
SQLI = {
    "SqliMatchStatement": {
        "FieldToMatch": {"AllQueryArguments": {}},
        "TextTransformations": DECODED,
        "SensitivityLevel": "LOW",
    }
}
FALSE_POSITIVE = get("/search?q=1'%20or%20'1'='1&page=2", host="shop.example")


def tuned(*rules: dict[str, Any], **refers: Any) -> Proposal:
    return propose(Bundle(web_acl(*rules), **refers), FALSE_POSITIVE, list(attacks_around(FALSE_POSITIVE)), now=NOW)


def passes(proposal: Proposal, target: str) -> bool:
    return compile_program(proposal.bundle).decide(get(target), NOW).action is Action.ALLOW


def test_an_own_rule_gets_an_exception_for_the_one_argument_of_the_one_path() -> None:
    proposal = tuned(rule("sqli", SQLI))
    assert proposal.rules == ("sqli",)
    assert passes(proposal, "/search?q=1'%20or%20'1'='1&page=2")
    assert not passes(proposal, "/search?page=1'%20or%20'1'='1")
    assert not passes(proposal, "/other?q=1'%20or%20'1'='1")
    assert proposal.blocked > len(proposal.lost)
    assert all("same argument q" in name or "beside the false positive" in name for name in proposal.lost)


def test_a_rule_of_a_group_only_counts_and_its_label_blocks_but_for_the_exception() -> None:
    group = rule_group(
        rule("other", byte_match("evil", "CONTAINS", {"UriPath": {}})),
        rule("sqli", SQLI, RuleLabels=[{"Name": "sqli"}]),
        rule("later", byte_match("/etc/passwd", "CONTAINS", {"QueryString": {}}, "URL_DECODE")),
    )
    proposal = tuned(
        reference("g", {"RuleGroupReferenceStatement": {"ARN": ARN}}),
        rule("last", byte_match("nothing", "CONTAINS", {"UriPath": {}})),
        rule_groups={ARN: group},
    )
    assert proposal.rules == ("g/sqli",)
    names = [(one.name, one.priority) for one in proposal.bundle.web_acl.rules]
    assert names == [("g", 0), ("sqli-but-for-exceptions", 10), ("last", 20)]
    reference_ = proposal.bundle.web_acl.rules[0].statement.rule_group_reference_statement
    assert reference_ is not None
    assert [one.name for one in reference_.rule_action_overrides] == ["sqli"]
    assert passes(proposal, "/search?q=1'%20or%20'1'='1")
    assert not passes(proposal, "/other?q=1'%20or%20'1'='1")
    assert not passes(proposal, "/search?q=/etc/passwd")


def test_a_rule_without_a_label_is_changed_in_its_own_group() -> None:
    proposal = tuned(
        reference("g", {"RuleGroupReferenceStatement": {"ARN": ARN}}), rule_groups={ARN: rule_group(rule("sqli", SQLI))}
    )
    assert passes(proposal, "/search?q=1'%20or%20'1'='1") and not passes(proposal, "/o?q=1'%20or%20'1'='1")
    assert "of the rule group" in proposal.steps[0]


def test_each_rule_that_blocks_it_in_turn_is_dealt_with() -> None:
    proposal = tuned(rule("sqli", SQLI), rule("search", byte_match("/search", "STARTS_WITH", {"UriPath": {}})))
    assert proposal.rules == ("sqli", "search")
    assert passes(proposal, "/search?q=1'%20or%20'1'='1")


def test_a_rate_based_rule_no_longer_counts_what_is_let_off() -> None:
    rate = {"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "IP"}}
    bundle = Bundle(web_acl(rule("rate", rate)))
    with pytest.raises(Untunable, match="does not block"):
        propose(bundle, FALSE_POSITIVE, [], now=NOW)


def test_what_is_not_blocked_or_has_no_rule_is_not_tuned() -> None:
    with pytest.raises(Untunable, match="does not block"):
        tuned()
    bundle = Bundle(web_acl(default="Block"))
    with pytest.raises(Untunable, match="no exception"):
        propose(bundle, FALSE_POSITIVE, [], now=NOW)


def test_an_exception_in_a_header_or_cookie_names_it() -> None:
    xss = {
        "XssMatchStatement": {
            "FieldToMatch": {
                "Cookies": {"MatchPattern": {"All": {}}, "MatchScope": "VALUE", "OversizeHandling": "CONTINUE"}
            },
            "TextTransformations": NONE,
        }
    }
    request = get("/a", cookie="note=<script>alert(1)</script>; other=1")
    proposal = propose(Bundle(web_acl(rule("xss", xss))), request, list(attacks_around(request)), now=NOW)
    program = compile_program(proposal.bundle)
    assert program.decide(get("/a", cookie="note=<script>alert(1)</script>"), NOW).action is Action.ALLOW
    assert program.decide(get("/a", cookie="other=<script>alert(1)</script>"), NOW).action is Action.BLOCK
    assert proposal.lost == ()


def test_a_managed_rule_is_excepted_for_one_argument_and_its_group_goes_on() -> None:
    managed = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesSQLiRuleSet"}}
    proposal = tuned(reference("sqli", managed))
    assert proposal.rules == ("sqli/SQLi_QUERYARGUMENTS",)
    assert set(proposal.lost) == {
        "SQL injection in the same argument q",
        "SQL injection in an argument beside the false positive",
    }
    assert passes(proposal, "/search?q=1'%20or%20'1'='1")
    assert not passes(proposal, "/search?page=1'%20or%20'1'='1")
    assert not passes(proposal, "/search?q=-1%20UNION%20SELECT%20password%20FROM%20users--%20")
