"""Managed rule groups: which there are, in which versions, with which rules. They are Garrison's own (`garrison.waf.managed`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.services.wafv2.faults import nonexistent
from garrison.services.wafv2.listing import page_of
from garrison.services.wafv2.naming import scope_of
from garrison.services.wafv2.service import service
from garrison.waf.document import Rule, RuleGroup
from garrison.waf.document.statements import ManagedRuleGroupStatement
from garrison.waf.managed import Available, GroupText, UnknownGroup, available, group, versions
from garrison.waf.walking import statements_of

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call

LONGEST_DESCRIPTION = 256


@service.operation("ListAvailableManagedRuleGroups", needs={"wafv2:ListAvailableManagedRuleGroups": "*"})
def list_available_managed_rule_groups(
    call: Call, request: shapes.ListAvailableManagedRuleGroupsRequestTypeDef
) -> dict[str, Any]:
    """The groups that rules may refer to, the same for both scopes."""
    scope_of(call, request)
    return page_of(call, request, "ManagedRuleGroups", available(), key=_key, render=_summary)


@service.operation("ListAvailableManagedRuleGroupVersions", needs={"wafv2:ListAvailableManagedRuleGroupVersions": "*"})
def list_available_managed_rule_group_versions(
    call: Call, request: shapes.ListAvailableManagedRuleGroupVersionsRequestTypeDef
) -> dict[str, Any]:
    """The versions of a group, and the one that rules get which name none."""
    scope_of(call, request)
    found = _versions(request["VendorName"], request["Name"])
    listed = [text for text in found if text.version and not _is_expired(text, call.at)]
    answer = page_of(call, request, "Versions", listed, key=lambda text: text.version, render=_version)
    return answer | ({"CurrentDefaultVersion": found[0].version} if found[0].version else {})


@service.operation("DescribeManagedRuleGroup", needs={"wafv2:DescribeManagedRuleGroup": "*"})
def describe_managed_rule_group(call: Call, request: shapes.DescribeManagedRuleGroupRequestTypeDef) -> dict[str, Any]:
    """The rules of a version with their actions, and the labels that they add and look for."""
    scope_of(call, request)
    vendor, name, version = request["VendorName"], request["Name"], request.get("VersionName")
    found = managed_group(vendor, name, version, call.at)
    version = version or _versions(vendor, name)[0].version
    labels = {f"{found.label_namespace}{label.name}" for rule in found.rules for label in rule.rule_labels}
    answer = {
        "Capacity": found.capacity,
        "Rules": [{"Name": rule.name, "Action": _action(rule)} for rule in found.rules],
        "LabelNamespace": found.label_namespace,
        "AvailableLabels": [{"Name": label} for label in sorted(labels)],
        "ConsumedLabels": [{"Name": label} for label in sorted(_looked_for(found))],
    }
    return answer | ({"VersionName": version} if version else {})


@service.operation("DescribeAllManagedProducts", needs={"wafv2:DescribeAllManagedProducts": "*"})
def describe_all_managed_products(
    call: Call, request: shapes.DescribeAllManagedProductsRequestTypeDef
) -> dict[str, Any]:
    """All groups, as products."""
    scope_of(call, request)
    return {"ManagedProducts": [_product(one) for one in available()]}


@service.operation("DescribeManagedProductsByVendor", needs={"wafv2:DescribeManagedProductsByVendor": "*"})
def describe_managed_products_by_vendor(
    call: Call, request: shapes.DescribeManagedProductsByVendorRequestTypeDef
) -> dict[str, Any]:
    """The groups of a vendor, as products."""
    scope_of(call, request)
    return {"ManagedProducts": [_product(one) for one in available() if one.vendor == request["VendorName"]]}


def managed_group(vendor: str, name: str, version: str | None, now: datetime) -> RuleGroup:
    """A version of a group; refused where there is none such, or it has expired."""
    texts = _versions(vendor, name)
    for text in texts:
        if version and text.version == version and _is_expired(text, now):
            reason = "The operation failed because the specified version for the managed rule group has expired."
            raise ApiError("WAFExpiredManagedRuleGroupVersionException", reason)
    try:
        return group(vendor, name, version)
    except UnknownGroup:
        raise nonexistent() from None


def managed_capacity(statement: ManagedRuleGroupStatement, now: datetime) -> int:
    """The fixed capacity of the group that a statement names; refused where there is none such."""
    return managed_group(statement.vendor_name, statement.name, statement.version, now).capacity


def standing_versions(rules: Iterable[Rule]) -> dict[str, str]:
    """The version at which each managed group stands whose rule names none, by vendor and name."""
    statements = [rule.statement.managed_rule_group_statement for rule in rules]
    return {
        f"{one.vendor_name}#{one.name}": _versions(one.vendor_name, one.name)[0].version
        for one in statements
        if one is not None and not one.version
    }


def _versions(vendor: str, name: str) -> tuple[GroupText, ...]:
    try:
        return versions(vendor, name)
    except UnknownGroup:
        raise nonexistent() from None


def _is_expired(text: GroupText, now: datetime) -> bool:
    return text.expires is not None and text.expires <= now.date()


def _key(one: Available) -> str:
    return f"{one.vendor}#{one.name}"


def _summary(one: Available) -> dict[str, Any]:
    return {
        "VendorName": one.vendor,
        "Name": one.name,
        "VersioningSupported": bool(one.versions),
        "Description": one.description[:LONGEST_DESCRIPTION],
    }


def _product(one: Available) -> dict[str, Any]:
    return {
        "VendorName": one.vendor,
        "ManagedRuleSetName": one.name,
        "ProductTitle": one.name,
        "ProductDescription": one.description[:LONGEST_DESCRIPTION],
        "IsVersioningSupported": bool(one.versions),
        "IsAdvancedManagedRuleSet": False,
    }


def _version(text: GroupText) -> dict[str, Any]:
    return {"Name": text.version, "LastUpdateTimestamp": datetime.combine(text.since, time(), UTC)}


def _action(rule: Rule) -> dict[str, Any]:
    action = msgspec.to_builtins(rule.action)
    return {name: {} for name, value in action.items() if value is not None}


def _looked_for(found: RuleGroup) -> set[str]:
    return {
        statement.label_match_statement.key
        for rule in found.rules
        for statement in statements_of(rule.statement)
        if statement.label_match_statement is not None
    }
