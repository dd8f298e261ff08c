"""What a web ACL would decide about requests of which not all is known: no way is forgotten, and what is certain is said to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action
from garrison.waf.recorded import COMPLETE, Gaps, Recorded
from garrison.waf.request import Request
from garrison.waf.supposing import Supposer
from tests.waf.acl import NONE, NOW, byte_match, get, program, reference, rule, rule_group, web_acl

PATH, QUERY, BODY = {"UriPath": {}}, {"QueryString": {}}, {"Body": {"OversizeHandling": "CONTINUE"}}
AGENT = {"SingleHeader": {"Name": "User-Agent"}}
HEADERS = {"Headers": {"MatchPattern": {"All": {}}, "MatchScope": "ALL", "OversizeHandling": "CONTINUE"}}
ARN = "arn:aws:wafv2:us-east-1:111122223333:regional/rulegroup/group/1"
SETS = {"set": ("192.0.2.0/24",)}


def recorded(request: Request, gaps: Gaps) -> Recorded:
    return Recorded(request, gaps, NOW, "r")


def ways(*rules: dict[str, Any], gaps: Gaps, request: Request | None = None, **refers: Any) -> list[tuple[Any, ...]]:
    supposed = Supposer(Bundle(web_acl(*rules), ip_sets=SETS, **refers)).suppose(recorded(request or get("/a"), gaps))
    return [(way.action, way.rule, way.missing) for way in supposed.ways]


NO_BODY = Gaps(frozenset({"body"}))
DEFAULT = (Action.ALLOW, "Default_Action", ())
FROM = {"IPSetReferenceStatement": {"ARN": "set"}}
IN_BODY = byte_match("x", "CONTAINS", BODY)
IN_PATH = byte_match("/a", "CONTAINS", PATH)


def both(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"AndStatement": {"Statements": list(statements)}}


@pytest.mark.parametrize(
    ("statement", "gaps", "expected"),
    [
        (IN_BODY, NO_BODY, [(Action.BLOCK, "r", ("body",)), DEFAULT]),
        (IN_BODY, COMPLETE, [DEFAULT]),
        (IN_PATH, NO_BODY, [(Action.BLOCK, "r", ())]),
        (both(IN_BODY, FROM), NO_BODY, [(Action.BLOCK, "r", ("body",)), DEFAULT]),
        (both(IN_BODY, {"NotStatement": {"Statement": FROM}}), NO_BODY, [DEFAULT]),
        ({"NotStatement": {"Statement": IN_BODY}}, NO_BODY, [(Action.BLOCK, "r", ("body",)), DEFAULT]),
        ({"OrStatement": {"Statements": [IN_BODY, IN_PATH]}}, NO_BODY, [(Action.BLOCK, "r", ())]),
        (byte_match("x", "CONTAINS", AGENT), Gaps(only=frozenset({"user-agent"})), [DEFAULT]),
        (byte_match("x", "CONTAINS", AGENT), Gaps(only=frozenset()), [(Action.BLOCK, "r", ("header user-agent",)), DEFAULT]),
        (byte_match("x", "CONTAINS", HEADERS), Gaps(frozenset(), frozenset({"cookie"})), [(Action.BLOCK, "r", ("headers",)), DEFAULT]),
        (FROM, Gaps(frozenset({"address"})), [(Action.BLOCK, "r", ("address",)), DEFAULT]),
        ({"GeoMatchStatement": {"CountryCodes": ["DE"]}}, COMPLETE, [(Action.BLOCK, "r", ("networks",)), DEFAULT]),
    ],
)  # fmt: skip
def test_a_statement_is_open_only_where_what_is_known_does_not_settle_it(
    statement: dict[str, Any], gaps: Gaps, expected: list[Any]
) -> None:
    assert ways(rule("r", statement), gaps=gaps) == expected


def test_an_open_label_leaves_open_what_asks_for_it() -> None:
    labels = rule("label", IN_BODY, "Count", RuleLabels=[{"Name": "seen"}])
    asks = rule("asks", {"LabelMatchStatement": {"Scope": "LABEL", "Key": "seen"}})
    other = rule("other", {"LabelMatchStatement": {"Scope": "LABEL", "Key": "unseen"}})
    assert ways(labels, asks, other, gaps=NO_BODY) == [(Action.BLOCK, "asks", ("body",)), DEFAULT]


def test_groups_keep_their_scope_override_and_order() -> None:
    group = rule_group(rule("body", IN_BODY), rule("path", IN_PATH), rule("after", IN_PATH, "Allow"))
    refer = {"RuleGroupReferenceStatement": {"ARN": ARN}}
    found = ways(reference("g", refer), gaps=NO_BODY, rule_groups={ARN: group})
    assert found == [(Action.BLOCK, "g/body", ("body",)), (Action.BLOCK, "g/path", ())]
    assert ways(reference("g", refer, "Count"), gaps=NO_BODY, rule_groups={ARN: group}) == [DEFAULT]
    counted = [{"Name": "path", "ActionToUse": {"Count": {}}}, {"Name": "body", "ActionToUse": {"Count": {}}}]
    overridden = {"RuleGroupReferenceStatement": {"ARN": ARN, "RuleActionOverrides": counted}}
    assert ways(reference("g", overridden), gaps=NO_BODY, rule_groups={ARN: group}) == [(Action.ALLOW, "g/after", ())]


def test_a_rate_based_rule_counts_what_it_knows_to_be_in_its_scope() -> None:
    scoped = {"Limit": 10, "AggregateKeyType": "IP", "ScopeDownStatement": IN_BODY}
    assert ways(rule("r", {"RateBasedStatement": scoped}), gaps=NO_BODY) == [(Action.BLOCK, "r", ("body",)), DEFAULT]
    supposer = Supposer(Bundle(web_acl(rule("r", {"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "IP"}}))))
    found = [supposer.suppose(recorded(get("/"), NO_BODY)).action for _ in range(12)]
    assert found == [Action.ALLOW] * 10 + [Action.BLOCK] * 2


LEAVES = st.sampled_from(
    [
        IN_BODY,
        IN_PATH,
        FROM,
        byte_match("x", "CONTAINS", AGENT),
        byte_match("x", "CONTAINS", HEADERS),
        byte_match("x", "CONTAINS", QUERY),
        {"SizeConstraintStatement": {"FieldToMatch": BODY, "TextTransformations": NONE, "ComparisonOperator": "GT", "Size": 0}},
        {"LabelMatchStatement": {"Scope": "LABEL", "Key": "one"}},
        {"LabelMatchStatement": {"Scope": "NAMESPACE", "Key": "two"}},
        {"IPSetReferenceStatement": {"ARN": "set", "IPSetForwardedIPConfig": {"HeaderName": "x-f", "FallbackBehavior": "MATCH", "Position": "ANY"}}},
    ]
)  # fmt: skip
STATEMENTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda one: {"NotStatement": {"Statement": one}}, inner),
        st.builds(both, inner, inner),
        st.builds(lambda *two: {"OrStatement": {"Statements": list(two)}}, inner, inner),
    ),
    max_leaves=4,
)
RULES = st.lists(
    st.tuples(STATEMENTS, st.sampled_from(["Block", "Allow", "Count"]), st.sampled_from([(), ("one",), ("two:x",)])),
    min_size=1,
    max_size=4,
)
REQUESTS = st.builds(
    lambda target, address, body, agent, forwarded: get(target, address, body, **agent, **forwarded),
    st.sampled_from(["/a", "/b?x", "/"]),
    st.sampled_from(["192.0.2.1", "203.0.113.1"]),
    st.sampled_from([b"", b"x", b"y"]),
    st.sampled_from([{}, {"user_agent": "x"}, {"user_agent": "y"}]),
    st.sampled_from([{}, {"x_f": "192.0.2.9"}, {"x_f": "nonsense"}]),
)
GAPS = st.builds(
    Gaps,
    st.sets(st.sampled_from(["body", "query", "path", "address"])).map(frozenset),
    st.sets(st.sampled_from(["user-agent", "x-f"])).map(frozenset),
    st.sampled_from([None, frozenset(), frozenset({"user-agent"})]),
)


def masked(request: Request, gaps: Gaps) -> Request:
    """What a source with these gaps tells of a request."""
    path, _, query = request.target.partition(b"?")
    path, query = (b"" if "path" in gaps.parts else path), (b"" if "query" in gaps.parts else query)
    return replace(
        request,
        target=path + (b"?" + query if query else b""),
        headers=tuple(pair for pair in request.headers if not gaps.lacks_header(pair[0].decode())),
        body=b"" if "body" in gaps.parts else request.body,
        address="" if "address" in gaps.parts else request.address,
        parsed={},
    )


@settings(max_examples=100, deadline=None)
@given(RULES, REQUESTS, GAPS, st.booleans())
def test_what_happens_in_truth_is_always_among_the_ways(
    rules: list[Any], request: Request, gaps: Gaps, in_group: bool
) -> None:
    made = [
        rule(f"r{number}", statement, action, RuleLabels=[{"Name": label} for label in labels])
        for number, (statement, action, labels) in enumerate(rules)
    ]
    refers: dict[str, Any] = {"ip_sets": SETS}
    if in_group:
        refers["rule_groups"] = {ARN: rule_group(*made)}
        made = [reference("g", {"RuleGroupReferenceStatement": {"ARN": ARN}})]
    acl = web_acl(*made)
    truth = program(acl, **refers).decide(request, NOW)
    supposed = Supposer(Bundle(acl, **refers)).suppose(recorded(masked(request, gaps), gaps))
    assert truth.action in {way.action for way in supposed.ways}
    assert truth.rule in {way.rule.partition("/")[0] for way in supposed.ways}
    if gaps == COMPLETE:
        assert len(supposed.ways) == 1
