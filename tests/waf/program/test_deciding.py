"""Rules are evaluated by priority until one ends it, and what they did along the way is told.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-actions.html
"""

from __future__ import annotations

from typing import Any

import pytest

from garrison.waf.decision import Action, Answer, RuleKind
from garrison.waf.program import Refused
from tests.waf.acl import NAMESPACE, NOW, byte_match, get, program, rule, web_acl

PATH = {"UriPath": {}}
ANY = byte_match("/", "STARTS_WITH", PATH)


def starts(path: str) -> dict[str, Any]:
    return byte_match(path, "STARTS_WITH", PATH)


def test_the_first_rule_that_blocks_ends_the_evaluation() -> None:
    acl = web_acl(
        rule("count", starts("/admin"), "Count"),
        rule("block", starts("/admin/secret")),
        rule("late", ANY, "Count"),
    )
    decision = program(acl).decide(get("/admin/secret"), NOW)
    assert (decision.action, decision.rule, decision.kind) == (Action.BLOCK, "block", RuleKind.REGULAR)
    assert [hit.rule for hit in decision.counted] == ["count"]
    assert decision.terminating is not None
    assert (decision.terminating.metric, decision.terminating.sampled) == ("block", True)


def test_rules_come_in_the_order_of_their_priorities_not_of_the_list() -> None:
    acl = web_acl(rule("second", ANY, "Allow", Priority=20), rule("first", ANY, "Block", Priority=10))
    assert program(acl).decide(get(), NOW).rule == "first"


@pytest.mark.parametrize("default", ["Allow", "Block"])
def test_the_default_action_is_for_what_no_rule_ends(default: str) -> None:
    decision = program(web_acl(rule("r", starts("/admin")), default=default)).decide(get(), NOW)
    assert (decision.action, decision.rule) == (Action(default.upper()), "Default_Action")
    assert decision.terminating is None
    assert decision.answer == (Answer() if default == "Block" else None)


def test_labels_of_rules_that_match_are_there_for_those_that_follow_whatever_the_action() -> None:
    def labelled(key: str) -> dict[str, Any]:
        return {"LabelMatchStatement": {"Scope": "LABEL", "Key": key}}

    acl = web_acl(
        rule("early", labelled("seen")),
        rule("count", ANY, "Count", RuleLabels=[{"Name": "seen"}, {"Name": "ns:more"}]),
        rule("other", starts("/x"), "Count", RuleLabels=[{"Name": "other"}]),
        rule("block", labelled("more"), RuleLabels=[{"Name": "last"}]),
    )
    decision = program(acl).decide(get("/a"), NOW)
    assert decision.rule == "block"
    assert decision.labels == tuple(NAMESPACE + name for name in ("seen", "ns:more", "last"))
    assert decision.counted[0].labels == (NAMESPACE + "seen", NAMESPACE + "ns:more")


def test_nested_statements_say_what_logic_says() -> None:
    def decided(statement: dict[str, Any], path: str) -> bool:
        return program(web_acl(rule("r", statement))).decide(get(path), NOW).rule == "r"

    a, b = byte_match("a", "CONTAINS", PATH), byte_match("b", "CONTAINS", PATH)
    both, either = {"AndStatement": {"Statements": [a, b]}}, {"OrStatement": {"Statements": [a, b]}}
    one = {"AndStatement": {"Statements": [either, {"NotStatement": {"Statement": both}}]}}
    paths = ("/", "/a", "/b", "/ab")
    assert [decided(both, path) for path in paths] == [False, False, False, True]
    assert [decided(either, path) for path in paths] == [False, True, True, True]
    assert [decided(one, path) for path in paths] == [False, True, True, False]


def custom(*headers: tuple[str, str]) -> dict[str, Any]:
    return {"CustomRequestHandling": {"InsertHeaders": [{"Name": name, "Value": value} for name, value in headers]}}


def test_headers_go_along_with_requests_that_are_let_through_the_last_of_a_name_wins() -> None:
    acl = web_acl(
        rule("count", ANY, {"Count": custom(("seen", "count"), ("who", "first"))}),
        rule("allow", starts("/ok"), {"Allow": custom(("who", "second"))}),
        rule("block", starts("/no")),
        default={"Allow": custom(("default", "yes"))},
    )
    ready = program(acl)
    assert dict(ready.decide(get("/ok"), NOW).inserted) == {"x-amzn-waf-seen": "count", "x-amzn-waf-who": "second"}
    assert dict(ready.decide(get("/"), NOW).inserted) == {
        "x-amzn-waf-seen": "count",
        "x-amzn-waf-who": "first",
        "x-amzn-waf-default": "yes",
    }
    assert ready.decide(get("/no"), NOW).inserted == ()


def test_a_block_answers_as_it_is_told() -> None:
    response = {"ResponseCode": 429, "CustomResponseBodyKey": "slow", "ResponseHeaders": [{"Name": "a", "Value": "b"}]}
    acl = web_acl(
        rule("r", starts("/no"), {"Block": {"CustomResponse": response}}),
        rule("plain", starts("/teapot"), {"Block": {"CustomResponse": {"ResponseCode": 418}}}),
        CustomResponseBodies={"slow": {"ContentType": "APPLICATION_JSON", "Content": '{"a":1}'}},
    )
    ready = program(acl)
    assert ready.decide(get("/no"), NOW).answer == Answer(429, (("a", "b"),), "application/json", b'{"a":1}')
    assert ready.decide(get("/teapot"), NOW).answer == Answer(418)


@pytest.mark.parametrize("name", ["Captcha", "Challenge"])
def test_what_needs_pages_of_aws_is_refused_with_its_name(name: str) -> None:
    with pytest.raises(Refused, match=f"rule r: the action {name} is not supported"):
        program(web_acl(rule("r", ANY, name)))


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (rule("r", {}), "a statement says one thing, not 0"),
        (rule("r", {**ANY, **byte_match("a", "CONTAINS", {"Method": {}})} | {"LabelMatchStatement": {"Scope": "LABEL", "Key": "k"}}), "not 2"),
        (rule("r", ANY, {"Block": {"CustomResponse": {"ResponseCode": 400, "CustomResponseBodyKey": "k"}}}), "no custom response body k"),
        (rule("r", byte_match("a", "CONTAINS", {})), "field"),
        (rule("r", byte_match("a", "CONTAINS", PATH, "ROT13")), "ROT13"),
        (rule("r", {"NotStatement": {"Statement": {"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "IP"}}}}), "cannot stand inside"),
        (rule("r", {"RuleGroupReferenceStatement": {"ARN": "arn:x"}}), "there is no rule group arn:x"),
    ],
)  # fmt: skip
def test_a_web_acl_that_cannot_work_is_refused_in_words(broken: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        program(web_acl(broken))


def test_a_decision_says_how_servers_may_disagree_about_the_request() -> None:
    decide = program(web_acl()).decide
    assert decide(get("/?a=1&b=2"), NOW).ambiguities == ()
    assert decide(get("/?a=1&a=2"), NOW).ambiguities == ("the argument a is given more than once",)
