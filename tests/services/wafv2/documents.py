"""Rules and settings as boto3 takes them, for tests to put together."""

from __future__ import annotations

from typing import Any

NONE = [{"Priority": 0, "Type": "NONE"}]
LOWER = [{"Priority": 0, "Type": "LOWERCASE"}]


def visible(metric: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": metric}


def rule(name: str, statement: dict[str, Any], priority: int = 0, **others: Any) -> dict[str, Any]:
    """A rule that blocks, unless others says what else."""
    made = {"Name": name, "Priority": priority, "Statement": statement, "VisibilityConfig": visible(name)}
    return made | (others or {"Action": {"Block": {}}})


def byte_match(search: bytes = b"bad", **others: Any) -> dict[str, Any]:
    base = {
        "SearchString": search,
        "FieldToMatch": {"UriPath": {}},
        "TextTransformations": NONE,
        "PositionalConstraint": "CONTAINS",
    }
    return {"ByteMatchStatement": base | others}


def regex_match(regex: str, **others: Any) -> dict[str, Any]:
    base = {"RegexString": regex, "FieldToMatch": {"UriPath": {}}, "TextTransformations": NONE}
    return {"RegexMatchStatement": base | others}


def geo(*codes: str) -> dict[str, Any]:
    return {"GeoMatchStatement": {"CountryCodes": list(codes or ("US",))}}


def in_set(arn: str) -> dict[str, Any]:
    return {"IPSetReferenceStatement": {"ARN": arn}}


def web_acl(name: str, *rules: dict[str, Any], **others: Any) -> dict[str, Any]:
    """The parameters of CreateWebACL."""
    base: dict[str, Any] = {
        "Name": name,
        "Scope": "REGIONAL",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": visible(name),
        "Rules": list(rules),
    }
    return base | others


def rule_group(name: str, *rules: dict[str, Any], capacity: int = 100, **others: Any) -> dict[str, Any]:
    """The parameters of CreateRuleGroup."""
    base: dict[str, Any] = {
        "Name": name,
        "Scope": "REGIONAL",
        "Capacity": capacity,
        "VisibilityConfig": visible(name),
        "Rules": list(rules),
    }
    return base | others


def ip_set(name: str, *addresses: str, **others: Any) -> dict[str, Any]:
    """The parameters of CreateIPSet."""
    return {"Name": name, "Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": list(addresses)} | others


def regex_set(name: str, *patterns: str, **others: Any) -> dict[str, Any]:
    """The parameters of CreateRegexPatternSet."""
    listed = [{"RegexString": pattern} for pattern in patterns]
    return {"Name": name, "Scope": "REGIONAL", "RegularExpressionList": listed} | others
