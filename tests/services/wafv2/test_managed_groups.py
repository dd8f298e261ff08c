"""Managed rule groups through boto3: listed, described, referred to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.services.refusals import refused
from tests.services.wafv2.documents import geo, rule, web_acl

COMMON = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}


def managed(name: str = COMMON["Name"], **others: Any) -> dict[str, Any]:
    statement = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name} | others}
    return rule(name, statement, OverrideAction={"None": {}})


def test_groups_are_listed_in_pages(waf: Any) -> None:
    everything = waf.list_available_managed_rule_groups(Scope="REGIONAL")["ManagedRuleGroups"]
    names = [one["Name"] for one in everything]
    assert COMMON["Name"] in names
    first = waf.list_available_managed_rule_groups(Scope="CLOUDFRONT", Limit=3)
    rest = waf.list_available_managed_rule_groups(Scope="CLOUDFRONT", NextMarker=first["NextMarker"])
    assert [one["Name"] for one in first["ManagedRuleGroups"] + rest["ManagedRuleGroups"]] == names
    versioned = {one["Name"]: one["VersioningSupported"] for one in everything}
    assert versioned[COMMON["Name"]]
    assert not versioned["AWSManagedRulesAnonymousIpList"]
    products = waf.describe_all_managed_products(Scope="REGIONAL")["ManagedProducts"]
    assert [one["ManagedRuleSetName"] for one in products] == names
    of_vendor = waf.describe_managed_products_by_vendor(Scope="REGIONAL", VendorName="AWS")["ManagedProducts"]
    assert of_vendor == products
    assert waf.describe_managed_products_by_vendor(Scope="REGIONAL", VendorName="Other")["ManagedProducts"] == []


def test_a_group_is_described(waf: Any) -> None:
    versions = waf.list_available_managed_rule_group_versions(Scope="REGIONAL", **COMMON)
    default = versions["CurrentDefaultVersion"]
    assert default in [one["Name"] for one in versions["Versions"]]
    described = waf.describe_managed_rule_group(Scope="REGIONAL", **COMMON)
    assert described["VersionName"] == default
    assert described["Capacity"] == 700
    assert described["LabelNamespace"] == "awswaf:managed:aws:core-rule-set:"
    assert {"Name": "NoUserAgent_HEADER", "Action": {"Block": {}}} in described["Rules"]
    assert {"Name": "awswaf:managed:aws:core-rule-set:NoUserAgent_Header"} in described["AvailableLabels"]
    for wrong in ({"Name": "Other"}, {"VendorName": "Other"}, {"VersionName": "Version_9.9"}):
        code, _ = refused(waf.describe_managed_rule_group, Scope="REGIONAL", **COMMON | wrong)
        assert code == "WAFNonexistentItemException"


def test_a_web_acl_refers_to_groups_of_a_fixed_capacity(waf: Any, own: Any, name: str) -> None:
    override = [
        {"Name": "NoUserAgent_HEADER", "ActionToUse": {"Count": {}}},
        {"Name": "NoSuch", "ActionToUse": {"Allow": {}}},
    ]
    scoped = managed(ScopeDownStatement=geo(), RuleActionOverrides=override)
    fixed = managed("AWSManagedRulesSQLiRuleSet", Version="Version_1.0") | {"Priority": 1}
    arn = waf.create_web_acl(**web_acl(name, scoped, fixed))["Summary"]["ARN"]
    assert waf.get_web_acl(ARN=arn)["WebACL"]["Capacity"] == 700 + 1 + 200
    bundle = json.loads(own.get_web_acl_bundle(WebAclArn=arn)["Bundle"])
    assert bundle["versions"] == {"AWS#AWSManagedRulesCommonRuleSet": "Version_1.0"}


@pytest.mark.parametrize(
    ("others", "code"),
    [
        ({"Version": "Version_9.9"}, "WAFNonexistentItemException"),
        ({"ManagedRuleGroupConfigs": [{"LoginPath": "/login"}]}, "WAFInvalidParameterException"),
        (
            {"RuleActionOverrides": [{"Name": "x", "ActionToUse": {"Captcha": {}}}]},
            "WAFInvalidParameterException",
        ),
        (
            {"ScopeDownStatement": {"NotStatement": {"Statement": managed()["Statement"]}}},
            "WAFInvalidParameterException",
        ),
    ],
)
def test_a_reference_that_is_wrong_is_refused(waf: Any, name: str, others: dict[str, Any], code: str) -> None:
    assert refused(waf.create_web_acl, **web_acl(name, managed(**others)))[0] == code


def test_groups_that_are_not_built_are_not_there(waf: Any, name: str) -> None:
    code, _ = refused(waf.create_web_acl, **web_acl(name, managed("AWSManagedRulesBotControlRuleSet")))
    assert code == "WAFNonexistentItemException"
