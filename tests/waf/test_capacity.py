"""Web ACL capacity units, by the tables of AWS's pages on each statement."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from garrison.waf.capacity import capacity
from garrison.waf.document import Rule, RuleGroup

PATH: dict[str, Any] = {"UriPath": {}}
ARGUMENTS: dict[str, Any] = {"AllQueryArguments": {}}
JSON: dict[str, Any] = {"JsonBody": {"MatchPattern": {"All": {}}, "MatchScope": "ALL"}}
ARN = "arn:aws:wafv2:us-east-1:111122223333:regional/ipset/name/id"


def transformed(*types: str) -> list[dict[str, Any]]:
    return [{"Priority": number, "Type": type} for number, type in enumerate(types or ("NONE",))]


def matching(field: dict[str, Any] = PATH, *types: str, **others: Any) -> dict[str, Any]:
    return {"FieldToMatch": field, "TextTransformations": transformed(*types)} | others


def byte_match(constraint: str = "EXACTLY", field: dict[str, Any] = PATH, *types: str) -> dict[str, Any]:
    said = matching(field, *types, SearchString=b"x", PositionalConstraint=constraint)
    return {"ByteMatchStatement": said}


def sqli(level: str | None = None, field: dict[str, Any] = PATH, *types: str) -> dict[str, Any]:
    return {"SqliMatchStatement": matching(field, *types) | ({"SensitivityLevel": level} if level else {})}


def ip_set(position: str | None = None) -> dict[str, Any]:
    forwarded = {"HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH", "Position": position}
    return {"IPSetReferenceStatement": {"ARN": ARN} | ({"IPSetForwardedIPConfig": forwarded} if position else {})}


def rate(*keys: dict[str, Any], scope_down: dict[str, Any] | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {"Limit": 100, "AggregateKeyType": "CUSTOM_KEYS" if keys else "IP", "CustomKeys": list(keys)}
    return {"RateBasedStatement": said | ({"ScopeDownStatement": scope_down} if scope_down else {})}


GEO: dict[str, Any] = {"GeoMatchStatement": {"CountryCodes": ["US"]}}


def cost(*statements: dict[str, Any]) -> int:
    visible = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
    rules = [
        {"Name": f"r{number}", "Priority": number, "Statement": statement, "VisibilityConfig": visible}
        for number, statement in enumerate(statements)
    ]
    return capacity(msgspec.convert(rules, tuple[Rule, ...]), lambda _: 700)


@pytest.mark.parametrize(
    ("statement", "units"),
    [
        (GEO, 1),
        ({"AsnMatchStatement": {"AsnList": [64496]}}, 1),
        ({"LabelMatchStatement": {"Scope": "LABEL", "Key": "x"}}, 1),
        (ip_set(), 1),
        (ip_set("FIRST"), 1),
        (ip_set("LAST"), 1),
        (ip_set("ANY"), 5),
        (byte_match("EXACTLY"), 2),
        (byte_match("STARTS_WITH"), 2),
        (byte_match("ENDS_WITH"), 2),
        (byte_match("CONTAINS"), 10),
        (byte_match("CONTAINS_WORD"), 10),
        ({"RegexMatchStatement": matching(RegexString="x")}, 3),
        ({"RegexPatternSetReferenceStatement": matching(ARN=ARN)}, 25),
        ({"SizeConstraintStatement": matching(ComparisonOperator="GT", Size=1)}, 1),
        (sqli(), 20),
        (sqli("LOW"), 20),
        (sqli("HIGH"), 30),
        ({"XssMatchStatement": matching()}, 40),
        (byte_match("EXACTLY", ARGUMENTS), 12),
        (byte_match("EXACTLY", JSON), 4),
        (sqli("HIGH", JSON, "URL_DECODE"), 70),
        (byte_match("EXACTLY", PATH, "LOWERCASE"), 12),
        (byte_match("EXACTLY", PATH, "URL_DECODE", "LOWERCASE"), 22),
        ({"NotStatement": {"Statement": GEO}}, 1),
        ({"AndStatement": {"Statements": [GEO, byte_match("CONTAINS")]}}, 11),
        ({"OrStatement": {"Statements": [GEO, {"NotStatement": {"Statement": sqli()}}]}}, 21),
        (rate(), 2),
        (rate(scope_down=sqli()), 22),
        (rate({"IP": {}}, {"HTTPMethod": {}}), 62),
        ({"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "x"}}, 700),
        ({"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "x", "ScopeDownStatement": GEO}}, 701),
        ({"RuleGroupReferenceStatement": {"ARN": ARN}}, 700),
    ],
)
def test_a_statement_costs_what_aws_says(statement: dict[str, Any], units: int) -> None:
    assert cost(statement) == units


@pytest.mark.parametrize(
    ("statements", "units"),
    [
        ([], 0),
        ([byte_match("EXACTLY", PATH, "LOWERCASE")] * 3, 3 * 2 + 10),
        ([byte_match("EXACTLY", PATH, "LOWERCASE"), byte_match("EXACTLY", ARGUMENTS, "LOWERCASE")], 2 + 12 + 20),
        ([byte_match("EXACTLY", PATH, "URL_DECODE"), byte_match("EXACTLY", PATH, "URL_DECODE", "LOWERCASE")], 4 + 20),
        ([byte_match("EXACTLY", PATH, "LOWERCASE"), byte_match("EXACTLY", PATH, "URL_DECODE", "LOWERCASE")], 4 + 30),
        ([sqli("LOW", PATH, "URL_DECODE"), rate(scope_down=sqli("LOW", PATH, "URL_DECODE"))], 20 + 22 + 10),
    ],
)
def test_the_same_transformation_of_a_component_is_charged_once(statements: list[dict[str, Any]], units: int) -> None:
    assert cost(*statements) == units


def test_the_order_of_transformations_is_that_of_their_priorities() -> None:
    one = byte_match("EXACTLY", PATH, "URL_DECODE", "LOWERCASE")
    other = byte_match("EXACTLY", PATH)
    other["ByteMatchStatement"]["TextTransformations"] = [
        {"Priority": 9, "Type": "LOWERCASE"},
        {"Priority": 3, "Type": "URL_DECODE"},
    ]
    assert cost(one, other) == 4 + 20


def test_managed_groups_have_the_capacity_that_aws_tells_of(suites: Any) -> None:
    from garrison.waf.managed import available, group

    facts = msgspec.json.decode((suites / "waf" / "aws_waf_facts.json").read_bytes())["managed_groups_wcu"]
    built: dict[str, RuleGroup] = {one.name: group(one.vendor, one.name) for one in available()}
    assert {name: one.capacity for name, one in built.items()}.items() <= facts.items()
