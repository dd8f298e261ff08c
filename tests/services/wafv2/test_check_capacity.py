"""CheckCapacity through boto3: AWS's own example, and what has no capacity."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.refusals import refused
from tests.services.wafv2.documents import LOWER, byte_match, geo, in_set, rule, web_acl

HOST = byte_match(
    b"example.com",
    FieldToMatch={"SingleHeader": {"Name": "host"}},
    TextTransformations=LOWER,
    PositionalConstraint="EXACTLY",
)
ABSENT = "arn:aws:wafv2:us-east-1:{account}:regional/ipset/x/00000000-0000-4000-8000-000000000000"


def nested(levels: int) -> dict[str, Any]:
    statement: dict[str, Any] = geo()
    for _ in range(levels):
        statement = {"NotStatement": {"Statement": statement}}
    return statement


def test_the_example_of_aws(waf: Any) -> None:
    """https://docs.aws.amazon.com/cli/latest/reference/wafv2/check-capacity.html"""
    both = {"AndStatement": {"Statements": [HOST, geo("US", "IN")]}}
    rate = {"RateBasedStatement": {"Limit": 1000, "AggregateKeyType": "IP"}}
    rules = [rule("basic-rule", both, Action={"Allow": {}}), rule("rate-rule", rate, 1)]
    assert waf.check_capacity(Scope="REGIONAL", Rules=rules)["Capacity"] == 15
    assert waf.check_capacity(Scope="CLOUDFRONT", Rules=[])["Capacity"] == 0


def test_a_web_acl_has_five_thousand_units(waf: Any, name: str) -> None:
    costly = {"XssMatchStatement": {"FieldToMatch": {"AllQueryArguments": {}}, "TextTransformations": LOWER}}
    rules = [rule(f"rule-{number}", costly, number) for number in range(100)]
    assert waf.check_capacity(Scope="REGIONAL", Rules=rules[:99])["Capacity"] == 99 * 50 + 10
    assert refused(waf.check_capacity, Scope="REGIONAL", Rules=rules)[0] == "WAFLimitsExceededException"
    assert refused(waf.create_web_acl, **web_acl(name, *rules))[0] == "WAFLimitsExceededException"


def test_there_are_so_many_references_and_rates(waf: Any, name: str) -> None:
    rate = {"RateBasedStatement": {"Limit": 1000, "AggregateKeyType": "IP"}}
    rules = [rule(f"rate-{number}", rate, number) for number in range(11)]
    assert refused(waf.check_capacity, Scope="REGIONAL", Rules=rules)[0] == "WAFLimitsExceededException"
    arn = waf.create_ip_set(Name=name, Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=[])["Summary"]["ARN"]
    rules = [rule(f"set-{number}", in_set(arn), number) for number in range(51)]
    assert refused(waf.check_capacity, Scope="REGIONAL", Rules=rules)[0] == "WAFLimitsExceededException"
    assert refused(waf.check_capacity, Scope="CLOUDFRONT", Rules=rules[:1])[0] == "WAFInvalidParameterException"


def test_what_is_not_there_has_no_capacity(waf: Any, account: Any) -> None:
    absent = in_set(ABSENT.format(account=account.account_id))
    assert refused(waf.check_capacity, Scope="REGIONAL", Rules=[rule("x", absent)])[0] == "WAFNonexistentItemException"
    wrong = in_set("arn:aws:s3:::no-such-thing-here")
    assert refused(waf.check_capacity, Scope="REGIONAL", Rules=[rule("x", wrong)])[0] == "WAFInvalidParameterException"


@pytest.mark.parametrize("levels", [20, 21, 90])
def test_statements_are_so_deep_at_most(waf: Any, levels: int) -> None:
    rules = [rule("deep", nested(levels))]
    if levels == 20:
        assert waf.check_capacity(Scope="REGIONAL", Rules=rules)["Capacity"] == 1
    else:
        code, _ = refused(waf.check_capacity, Scope="REGIONAL", Rules=rules)
        assert code in ("WAFInvalidParameterException", "SerializationException", "ValidationException")
