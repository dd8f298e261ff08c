"""IP sets, countries and autonomous systems, of the connection or as a proxy says.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-forwarded-ip-address.html
"""

from __future__ import annotations

from typing import Any

import pytest

from garrison.waf.networks import Place
from garrison.waf.program import Refused
from tests.waf.acl import NOW, Atlas, get, matches, program, rule, web_acl

SET = "arn:aws:wafv2:us-east-1:111122223333:regional/ipset/set/1"
SETS = {SET: ("192.0.2.44/32", "198.51.100.0/24", "2001:db8::/32")}
ATLAS = Atlas(
    {"10.1.1.1": Place("US", "OR"), "192.0.2.44": Place("DE"), "2001:db8::1": Place("US", "WA")}, {"10.1.1.1": 64500}
)


def ip_set(position: str = "", fallback: str = "NO_MATCH", header: str = "X-Forwarded-For") -> dict[str, Any]:
    statement: dict[str, Any] = {"ARN": SET}
    if position:
        statement["IPSetForwardedIPConfig"] = {"HeaderName": header, "FallbackBehavior": fallback, "Position": position}
    return {"IPSetReferenceStatement": statement}


def geo(*codes: str, fallback: str = "") -> dict[str, Any]:
    statement: dict[str, Any] = {"CountryCodes": list(codes)}
    if fallback:
        statement["ForwardedIPConfig"] = {"HeaderName": "x-forwarded-for", "FallbackBehavior": fallback}
    return {"GeoMatchStatement": statement}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.44", True),
        ("192.0.2.45", False),
        ("198.51.100.255", True),
        ("198.51.101.0", False),
        ("::ffff:192.0.2.44", True),
        ("2001:db8:ffff::1", True),
        ("2001:db9::1", False),
        ("", False),
        ("unix:", False),
    ],
)
def test_an_address_is_in_a_set_or_not(address: str, expected: bool) -> None:
    assert matches(ip_set(), get(address=address), ip_sets=SETS) is expected


XFF = "10.1.1.1, 127.0.0.0, 192.0.2.44"


@pytest.mark.parametrize(
    ("position", "fallback", "header", "expected"),
    [
        ("FIRST", "NO_MATCH", XFF, False),
        ("LAST", "NO_MATCH", XFF, True),
        ("ANY", "NO_MATCH", XFF, True),
        ("FIRST", "NO_MATCH", "192.0.2.44", True),
        ("FIRST", "MATCH", "unknown, 10.0.0.1", True),
        ("FIRST", "NO_MATCH", "unknown, 192.0.2.44", False),
        ("LAST", "MATCH", "192.0.2.9, 192.0.2.44:80", True),
        ("ANY", "NO_MATCH", "rubbish, 192.0.2.44", True),
        ("ANY", "MATCH", "rubbish, 10.0.0.1", False),
        ("ANY", "MATCH", "rubbish", True),
        ("ANY", "NO_MATCH", "192.0.2.44" + ", 10.0.0.1" * 10, False),
        ("ANY", "NO_MATCH", "192.0.2.44" + ", 10.0.0.1" * 9, True),
        ("FIRST", "MATCH", "", True),
        ("FIRST", "MATCH", "192.0.2.44; 10.1.1.1", True),
    ],
)
def test_a_forwarded_address_is_the_one_at_its_position(
    position: str, fallback: str, header: str, expected: bool
) -> None:
    request = get(address="203.0.113.1", x_forwarded_for=header)
    assert matches(ip_set(position, fallback), request, ip_sets=SETS) is expected


@pytest.mark.parametrize("fallback", ["MATCH", "NO_MATCH"])
@pytest.mark.parametrize("wrap", ["plain", "not"])
def test_without_the_header_the_rule_does_not_apply_at_all(fallback: str, wrap: str) -> None:
    statement = ip_set("FIRST", fallback)
    if wrap == "not":
        statement = {"NotStatement": {"Statement": statement}}
    assert not matches(statement, get(address="192.0.2.44"), ip_sets=SETS)


def test_what_other_statements_settle_stays_settled_without_the_header() -> None:
    path = {"SizeConstraintStatement": {"FieldToMatch": {"UriPath": {}}, "ComparisonOperator": "GE", "Size": 0}}
    path["SizeConstraintStatement"]["TextTransformations"] = [{"Priority": 0, "Type": "NONE"}]
    for statements in ([ip_set("FIRST"), path], [path, ip_set("FIRST")]):
        assert matches({"OrStatement": {"Statements": statements}}, get(), ip_sets=SETS)
        assert not matches({"AndStatement": {"Statements": statements}}, get(), ip_sets=SETS)
        negated = {"NotStatement": {"Statement": {"AndStatement": {"Statements": statements}}}}
        assert not matches(negated, get(), ip_sets=SETS)


def test_a_set_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="there is no IP set arn"):
        matches(ip_set(), get())


def test_countries_match_and_label_every_request_that_is_looked_at() -> None:
    acl = program(web_acl(rule("r", geo("US", "CN"))), ATLAS)
    inside = acl.decide(get(address="10.1.1.1"), NOW)
    assert inside.rule == "r"
    assert inside.labels == ("awswaf:clientip:geo:country:US", "awswaf:clientip:geo:region:US-OR")
    elsewhere = acl.decide(get(address="192.0.2.44"), NOW)
    assert elsewhere.rule == "Default_Action"
    assert elsewhere.labels == ("awswaf:clientip:geo:country:DE", "awswaf:clientip:geo:region:DE-XX")
    unknown = acl.decide(get(address="203.0.113.1"), NOW)
    assert unknown.labels == ("awswaf:clientip:geo:country:XX", "awswaf:clientip:geo:region:XX-XX")


def test_a_forwarded_country_labels_by_the_first_address_of_the_header() -> None:
    acl = program(web_acl(rule("r", geo("US", fallback="MATCH"))), ATLAS)
    decision = acl.decide(get(x_forwarded_for="10.1.1.1, 192.0.2.44"), NOW)
    assert decision.rule == "r"
    assert decision.labels == ("awswaf:forwardedip:geo:country:US", "awswaf:forwardedip:geo:region:US-OR")
    malformed = acl.decide(get(x_forwarded_for="x"), NOW)
    assert (malformed.rule, malformed.labels) == ("r", ())
    assert acl.decide(get(address="10.1.1.1"), NOW).rule == "Default_Action"


def test_all_but_two_regions_of_a_country_are_blocked_as_in_the_guide() -> None:
    def label(key: str) -> dict[str, Any]:
        return {"LabelMatchStatement": {"Scope": "LABEL", "Key": key}}

    regions = [label(f"awswaf:forwardedip:geo:region:US-{region}") for region in ("OR", "WA")]
    others = {"NotStatement": {"Statement": {"OrStatement": {"Statements": regions}}}}
    acl = program(
        web_acl(
            rule("geoMatchForLabels", geo("US", fallback="MATCH"), "Count"),
            rule(
                "blockUSButNotOROrWA",
                {"AndStatement": {"Statements": [label("awswaf:forwardedip:geo:country:US"), others]}},
            ),
        ),
        Atlas({"10.0.0.1": Place("US", "CA"), "10.0.0.2": Place("US", "OR"), "10.0.0.3": Place("FR", "OR")}),
    )
    outcomes = [acl.decide(get(x_forwarded_for=f"10.0.0.{number}"), NOW).rule for number in (1, 2, 3)]
    assert outcomes == ["blockUSButNotOROrWA", "Default_Action", "Default_Action"]


def test_systems_match_by_number_and_0_stands_for_those_not_known() -> None:
    def asn(*numbers: int) -> dict[str, Any]:
        return {"AsnMatchStatement": {"AsnList": list(numbers)}}

    assert matches(asn(64500, 1), get(address="10.1.1.1"), ATLAS)
    assert not matches(asn(64500), get(address="192.0.2.44"), ATLAS)
    assert matches(asn(0), get(address="192.0.2.44"), ATLAS)
