"""What is refused about rules, actions, expressions, labels and addresses, and how it is named."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.waf.document import CustomResponseBody, Rule
from garrison.waf.validation import Problem, networks, problem_of, rule_problems, setting_problems
from garrison.waf.validation.regexes import MOST_POSITIONS, positions

ARN = "arn:aws:wafv2:us-east-1:111122223333:regional/rulegroup/name/id"
NONE = [{"Priority": 0, "Type": "NONE"}]
GEO: dict[str, Any] = {"GeoMatchStatement": {"CountryCodes": ["US"]}}
GROUP: dict[str, Any] = {"RuleGroupReferenceStatement": {"ARN": ARN}}
RATE: dict[str, Any] = {"Limit": 100, "AggregateKeyType": "IP"}
FORWARDED = {"HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH"}


def rule(statement: dict[str, Any] = GEO, number: int = 0, **others: Any) -> dict[str, Any]:
    visible = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": f"m{number}"}
    made = {"Name": f"r{number}", "Priority": number, "Statement": statement, "VisibilityConfig": visible}
    action = {"OverrideAction": {"None": {}}} if statement is GROUP else {"Action": {"Block": {}}}
    return made | action | others


def byte_match(**others: Any) -> dict[str, Any]:
    base = {
        "SearchString": b"x",
        "FieldToMatch": {"UriPath": {}},
        "TextTransformations": NONE,
        "PositionalConstraint": "EXACTLY",
    }
    return {"ByteMatchStatement": base | others}


def on(field: dict[str, Any]) -> dict[str, Any]:
    return byte_match(FieldToMatch=field)


def rate(**others: Any) -> dict[str, Any]:
    return {"RateBasedStatement": RATE | others}


def problems(*rules: dict[str, Any], bodies: dict[str, Any] | None = None, in_group: bool = False) -> list[Problem]:
    made = msgspec.convert(list(rules), tuple[Rule, ...])
    held = msgspec.convert(bodies or {}, dict[str, CustomResponseBody])
    return list(rule_problems(made, held, in_group=in_group))


def response(**others: Any) -> dict[str, Any]:
    return {"Action": {"Block": {"CustomResponse": {"ResponseCode": 403} | others}}}


def inserting(*headers: tuple[str, str]) -> dict[str, Any]:
    made = [{"Name": name, "Value": value} for name, value in headers]
    return {"CustomRequestHandling": {"InsertHeaders": made}}


@pytest.mark.parametrize(
    "right",
    [
        rule(),
        rule(Action={"Allow": inserting(("a", "b"))}),
        rule(Action={"Count": {}}, RuleLabels=[{"Name": "a:b:c:d:e:f"}]),
        rule(GROUP, OverrideAction={"Count": {}}),
        rule({"AndStatement": {"Statements": [GEO, {"OrStatement": {"Statements": [GEO, GEO]}}]}}),
        rule(rate(ScopeDownStatement={"NotStatement": {"Statement": GEO}})),
        rule(rate(AggregateKeyType="FORWARDED_IP", ForwardedIPConfig=FORWARDED)),
        rule(rate(AggregateKeyType="CONSTANT", ScopeDownStatement=GEO, EvaluationWindowSec=60)),
        rule(rate(AggregateKeyType="CUSTOM_KEYS", CustomKeys=[{"IP": {}}, {"HTTPMethod": {}}])),
        rule({"LabelMatchStatement": {"Scope": "NAMESPACE", "Key": "awswaf:managed:"}}),
        rule({"LabelMatchStatement": {"Scope": "LABEL", "Key": "a:b"}}),
        rule(on({"Headers": {"MatchPattern": {"All": {}}, "MatchScope": "ALL", "OversizeHandling": "MATCH"}})),
        rule(on({"JsonBody": {"MatchPattern": {"IncludedPaths": ["/a/b~1c", "/0"]}, "MatchScope": "VALUE"}})),
        rule(on({"JA3Fingerprint": {"FallbackBehavior": "MATCH"}})),
        rule(**response(ResponseHeaders=[{"Name": "x", "Value": "y"}])),
    ],
)
def test_what_aws_takes_is_taken(right: dict[str, Any]) -> None:
    assert problems(right) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (rule({}), "STATEMENT"),
        (rule(GEO | byte_match()), "STATEMENT"),
        (rule({"AndStatement": {"Statements": [GEO]}}), "AND_STATEMENT"),
        (rule({"OrStatement": {"Statements": []}}), "OR_STATEMENT"),
        (rule({"NotStatement": {"Statement": rate()}}), "RATE_BASED_STATEMENT"),
        (rule({"OrStatement": {"Statements": [GEO, GROUP]}}), "RULE_GROUP_REFERENCE_STATEMENT"),
        (rule(rate(ScopeDownStatement=rate())), "RATE_BASED_STATEMENT"),
        (rule(Action={}), "RULE_ACTION"),
        (rule(Action={"Block": {}, "Allow": {}}), "RULE_ACTION"),
        (rule(Action={"Captcha": {}}), "RULE_ACTION"),
        (rule(Action={"Challenge": {}}), "RULE_ACTION"),
        (rule(Action={"Monetize": {}}), "RULE_ACTION"),
        (rule(Action=None), "RULE"),
        (rule(OverrideAction={"None": {}}), "RULE"),
        (rule(GROUP, OverrideAction=None), "RULE"),
        (rule(GROUP, OverrideAction={}), "OVERRIDE_ACTION"),
        (rule(GROUP, OverrideAction=None, Action={"Block": {}}), "RULE"),
        (rule(GROUP, RuleLabels=[{"Name": "a"}]), "RULE"),
        (rule(rate(), Action={"Allow": {}}), "RULE_ACTION"),
        (rule(rate(Limit=9)), "RATE_BASED_STATEMENT"),
        (rule(rate(Limit=2_000_000_001)), "RATE_BASED_STATEMENT"),
        (rule(rate(EvaluationWindowSec=90)), "RATE_BASED_STATEMENT"),
        (rule(rate(AggregateKeyType="CONSTANT")), "RATE_BASED_STATEMENT"),
        (rule(rate(AggregateKeyType="FORWARDED_IP")), "FORWARDED_IP_CONFIG"),
        (rule(rate(ForwardedIPConfig=FORWARDED)), "FORWARDED_IP_CONFIG"),
        (rule(rate(AggregateKeyType="CUSTOM_KEYS")), "CUSTOM_KEYS"),
        (rule(rate(CustomKeys=[{"HTTPMethod": {}}])), "CUSTOM_KEYS"),
        (rule(rate(AggregateKeyType="CUSTOM_KEYS", CustomKeys=[{"IP": {}}])), "CUSTOM_KEYS"),
        (rule(rate(AggregateKeyType="CUSTOM_KEYS", CustomKeys=[{"HTTPMethod": {}}] * 2)), "CUSTOM_KEYS"),
        (rule(rate(AggregateKeyType="CUSTOM_KEYS", CustomKeys=[{"HTTPMethod": {}, "IP": {}}])), "CUSTOM_KEYS"),
        (rule(byte_match(SearchString=b"")), "BYTE_MATCH_STATEMENT"),
        (rule(byte_match(SearchString=b"x" * 201)), "BYTE_MATCH_STATEMENT"),
        (rule(byte_match(SearchString=b"a b", PositionalConstraint="CONTAINS_WORD")), "BYTE_MATCH_STATEMENT"),
        (rule(byte_match(TextTransformations=[])), "TEXT_TRANSFORMATION"),
        (rule(byte_match(TextTransformations=NONE * 2)), "TEXT_TRANSFORMATION"),
        (rule(byte_match(TextTransformations=[{"Priority": 0, "Type": "OTHER"}])), "TEXT_TRANSFORMATION"),
        (
            rule(byte_match(TextTransformations=[{"Priority": n, "Type": "LOWERCASE"} for n in range(11)])),
            "TEXT_TRANSFORMATION",
        ),
        (
            rule(byte_match(PreParseTextTransformations=[{"Priority": 0, "Type": "OTHER"}])),
            "PRE_PARSE_TEXT_TRANSFORMATION",
        ),
        (rule(on({})), "FIELD_TO_MATCH"),
        (rule(on({"UriPath": {}, "Method": {}})), "FIELD_TO_MATCH"),
        (rule(on({"BodyArguments": {}})), "FIELD_TO_MATCH"),
        (rule(on({"SingleHeader": {"Name": "a b"}})), "SINGLE_HEADER"),
        (rule(on({"JsonBody": {"MatchPattern": {}, "MatchScope": "ALL"}})), "JSON_MATCH_PATTERN"),
        (
            rule(on({"JsonBody": {"MatchPattern": {"IncludedPaths": ["a"]}, "MatchScope": "ALL"}})),
            "JSON_MATCH_PATTERN",
        ),
        (
            rule(on({"Headers": {"MatchPattern": {}, "MatchScope": "ALL", "OversizeHandling": "MATCH"}})),
            "HEADER_MATCH_PATTERN",
        ),
        (
            rule(
                on(
                    {
                        "Cookies": {
                            "MatchPattern": {"All": {}, "IncludedCookies": ["a"]},
                            "MatchScope": "ALL",
                            "OversizeHandling": "MATCH",
                        }
                    }
                )
            ),
            "COOKIE_MATCH_PATTERN",
        ),
        (rule({"GeoMatchStatement": {"CountryCodes": ["usa"]}}), "GEO_MATCH_STATEMENT"),
        (rule({"GeoMatchStatement": {}}), "GEO_MATCH_STATEMENT"),
        (rule({"AsnMatchStatement": {"AsnList": [-1]}}), "STATEMENT"),
        (rule({"LabelMatchStatement": {"Scope": "LABEL", "Key": "a::b"}}), "LABEL_MATCH_STATEMENT"),
        (rule({"LabelMatchStatement": {"Scope": "NAMESPACE", "Key": "a"}}), "LABEL_MATCH_STATEMENT"),
        (rule(RuleLabels=[{"Name": "a:awswaf:b"}]), "RULE"),
        (rule(RuleLabels=[{"Name": "managed"}]), "RULE"),
        (rule(RuleLabels=[{"Name": "a:b:c:d:e:f:g"}]), "RULE"),
        (rule(RuleLabels=[{"Name": "a:"}]), "RULE"),
        (rule(RuleLabels=[{"Name": "x" * 129}]), "RULE"),
        (rule(RuleLabels=[{"Name": "a"}, {"Name": "a"}]), "RULE"),
        (rule(**response(ResponseCode=418)), "CUSTOM_RESPONSE"),
        (rule(**response(CustomResponseBodyKey="absent")), "CUSTOM_RESPONSE"),
        (rule(**response(ResponseHeaders=[{"Name": "Content-Type", "Value": "x"}])), "HEADER_NAME"),
        (rule(**response(ResponseHeaders=[{"Name": "x", "Value": "a\r\nSet-Cookie: b"}])), "HEADER_NAME"),
        (rule(Action={"Count": inserting(("a", "1"), ("A", "2"))}), "CUSTOM_REQUEST_HANDLING"),
        (rule(Action={"Allow": inserting(*((f"h{n}", "x") for n in range(11)))}), "CUSTOM_REQUEST_HANDLING"),
    ],
)
def test_what_aws_refuses_is_refused_by_its_field(wrong: dict[str, Any], field: str) -> None:
    found = problems(wrong)
    assert found
    assert found[0].field == field


def test_rules_have_names_priorities_and_metrics_of_their_own() -> None:
    assert problems(rule(number=0), rule(number=1)) == []
    for same, field in (("Name", "RULE"), ("Priority", "RULE"), ("VisibilityConfig", "METRIC_NAME")):
        (problem,) = problems(rule(number=0), rule(number=1, **{same: rule(number=0)[same]}))
        assert problem.field == field


def test_a_group_refers_to_no_other() -> None:
    managed = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "x"}}
    for statement in (GROUP, managed):
        made = rule(statement, OverrideAction={"None": {}}, Action=None)
        assert problems(made) == []
        assert problems(made, in_group=True)


@pytest.mark.parametrize(
    ("bodies", "is_right"),
    [
        ({"a": {"ContentType": "TEXT_PLAIN", "Content": "x" * 4096}}, True),
        ({"a": {"ContentType": "TEXT_PLAIN", "Content": "ä" * 2049}}, False),
        ({"a": {"ContentType": "APPLICATION_JSON", "Content": '{"a": 1}'}}, True),
        ({"a": {"ContentType": "APPLICATION_JSON", "Content": "{"}}, False),
        ({f"a{n}": {"ContentType": "TEXT_HTML", "Content": "x"} for n in range(51)}, False),
        ({f"a{n}": {"ContentType": "TEXT_HTML", "Content": "x" * 4000} for n in range(13)}, False),
    ],
)
def test_bodies_of_responses_have_limits(bodies: dict[str, Any], is_right: bool) -> None:
    found = problems(rule(), bodies=bodies)
    assert (found == []) is is_right
    assert {one.field for one in found} <= {"CUSTOM_RESPONSE_BODY"}


@pytest.mark.parametrize(
    ("version", "address"),
    [
        ("IPV4", "0.0.0.0/0"),
        ("IPV4", "0.0.0.0/00"),
        ("IPV4", "192.0.2.1"),
        ("IPV4", "192.0.2.1/33"),
        ("IPV4", "192.0.2.0/255.255.255.0"),
        ("IPV4", "2001:db8::/32"),
        ("IPV4", "192.0.2/24"),
        ("IPV4", "192.0.2.1/ 24"),
        ("IPV4", "192.0.2.1/²4"),
        ("IPV6", "::/0"),
        ("IPV6", "192.0.2.0/24"),
        ("IPV6", "2001:db8::%eth0/64"),
        ("IPV6", "2001:db8::/129"),
    ],
)
def test_what_is_no_network_is_named(version: str, address: str) -> None:
    made, problem = networks(["192.0.2.0/24" if version == "IPV4" else "2001:db8::/32", address], version)
    assert made == ()
    assert problem is not None
    assert (problem.field, problem.parameter) == ("IP_ADDRESS", address)


@pytest.mark.parametrize(
    "expression",
    ["^/admin", r"(?i)select\s+.{1,50}\s+from", r"[a-z]{3,10}@\w+", "a|b|c", r"\x00\xff", "(?:a{10}){10}", "", "ä"],
)
def test_expressions_that_can_be_used(expression: str) -> None:
    assert problem_of(expression, "STATEMENT") is None


@pytest.mark.parametrize(
    "expression",
    [
        "(",
        "[a",
        "*a",
        r"(a)\1",
        "a++",
        "(?>a)",
        "(?R)",
        r"(?C1)a",
        "x" * 201,
        "(?:(?:a{100}){100}){100}",
        "(((a{99}){99}){99}){99}",
        "[^a]{65535}",
        "|" * 101,
    ],
)
def test_expressions_that_backtrack_or_explode_are_refused(expression: str) -> None:
    problem = problem_of(expression, "REGEX_PATTERN_SET")
    assert problem is not None
    assert (problem.field, problem.parameter) == ("REGEX_PATTERN_SET", expression)


@pytest.mark.parametrize(
    ("expression", "number"),
    [("abc", 3), ("a{5}", 5), ("(ab){5}", 10), ("a{2,7}b", 8), ("a{3,}", 3), ("[a{9}]", 1), (r"\{9}", 3), ("((", 0)],
)
def test_repetitions_are_written_out(expression: str, number: int) -> None:
    assert positions(expression) == number


@given(st.text(alphabet="ab(){}[]\\|*+?,0123456789^$.:PQx", max_size=40))
def test_no_expression_brings_it_down_or_takes_long(expression: str) -> None:
    assert positions(expression) >= 0
    if positions(expression) > MOST_POSITIONS:
        assert problem_of(expression, "STATEMENT") is not None


def settings(metric: str = "m", **others: Any) -> dict[str, Any]:
    return {"VisibilityConfig": {"MetricName": metric}} | others


def protecting(kind: str, *keys: str) -> dict[str, Any]:
    field = {"FieldType": kind} | ({"FieldKeys": list(keys)} if keys else {})
    return settings(DataProtectionConfig={"DataProtections": [{"Field": field, "Action": "HASH"}]})


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (settings(TokenDomains=["example.com"]), []),
        (protecting("SINGLE_COOKIE", "session"), []),
        (protecting("SINGLE_HEADER"), []),
        (protecting("BODY"), []),
        (settings("All"), ["METRIC_NAME"]),
        (settings(TokenDomains=["com"]), ["TOKEN_DOMAIN"]),
        (settings(TokenDomains=[f"a{n}.example.com" for n in range(11)]), ["TOKEN_DOMAIN"]),
        (protecting("BODY", "x"), ["DATA_PROTECTION_CONFIG"]),
        (protecting("SINGLE_HEADER", "a b"), ["DATA_PROTECTION_CONFIG"]),
    ],
)
def test_settings_of_a_web_acl(given: dict[str, Any], fields: list[str]) -> None:
    assert [problem.field for problem in setting_problems(given)] == fields
