"""Say of rules, and of resources, whether all that was judged complies."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from garrison.services.config.faults import invalid_parameter
from garrison.services.config.paging import page_of, position_of
from garrison.services.config.rules.describing import PAGE
from garrison.services.config.rules.naming import find_rules, verdicts_of
from garrison.services.config.rules.resources import ConfigRule
from garrison.services.config.rules.results import size_of
from garrison.services.config.service import service
from garrison.verdicts import looking
from garrison.verdicts.looking import Counts

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

MOST_RULES_COUNTED, MOST_RESOURCES_COUNTED = 25, 100
"""Where the counts of rules and of resources end (AWS Config API reference, "ComplianceSummary")."""


def capped(count: int, cap: int) -> dict[str, Any]:
    """A count as a ComplianceContributorCount."""
    return {"CappedCount": min(count, cap), "CapExceeded": count > cap}


def counts_of(call: Call, rules: Collection[ConfigRule]) -> dict[str, Counts]:
    """The counts of rules by their ids."""
    kept = verdicts_of(call.parts)
    if not kept.exists:
        return {}
    with kept.reading() as db:
        return looking.counts_of_rules(db, call.account, call.region, [rule.rule_id for rule in rules])


@service.operation("DescribeComplianceByConfigRule", needs={"config:DescribeComplianceByConfigRule": "*"}, long=True)
def describe_compliance_by_config_rule(
    call: Call, request: shapes.DescribeComplianceByConfigRuleRequestTypeDef
) -> dict[str, Any]:
    """Whether rules are complied with, those of these names or all."""
    after, names = position_of(call, request, str), request.get("ConfigRuleNames")
    types = _types(request.get("ComplianceTypes"))
    rules = find_rules(call.unit, names) if names else call.unit.page(ConfigRule)
    rules = [rule for rule in rules if after is None or rule.name > after]
    counts = counts_of(call, rules if types else rules[: PAGE + 1])
    found = [
        (rule, counts.get(rule.rule_id, Counts()))
        for rule in rules
        if not types or counts.get(rule.rule_id, Counts()).compliance in types
    ][: PAGE + 1]
    return page_of(
        call,
        found,
        PAGE,
        "ComplianceByConfigRules",
        position=lambda pair: pair[0].name,
        render=lambda pair: {
            "ConfigRuleName": pair[0].name,
            "Compliance": _shown(pair[1], MOST_RULES_COUNTED),
        },
    )


@service.operation("DescribeComplianceByResource", needs={"config:DescribeComplianceByResource": "*"}, long=True)
def describe_compliance_by_resource(
    call: Call, request: shapes.DescribeComplianceByResourceRequestTypeDef
) -> dict[str, Any]:
    """Whether resources comply with all rules that judge them: one, those of a type, or all."""
    resource_type, resource_id = request.get("ResourceType"), request.get("ResourceId")
    if resource_id and not resource_type:
        raise invalid_parameter("ResourceType must be given where ResourceId is.")
    types, size = _types(request.get("ComplianceTypes")), size_of(request)
    after = position_of(call, request, tuple[str, str]) or ("", "")
    kept, found = verdicts_of(call.parts), list[tuple[str, str, Counts]]()
    if kept.exists:
        with kept.reading() as db:
            found = looking.counts_of_resources(
                db,
                call.account,
                call.region,
                resource_type=resource_type,
                resource_id=resource_id,
                compliances=types,
                after=after,
                limit=size + 1,
            )
    return page_of(
        call,
        found,
        size,
        "ComplianceByResources",
        position=lambda one: one[:2],
        render=lambda one: {
            "ResourceType": one[0],
            "ResourceId": one[1],
            "Compliance": _shown(one[2], MOST_RULES_COUNTED),
        },
    )


def _types(given: Collection[str] | None) -> tuple[str, ...]:
    types = tuple(given or ())
    if "NOT_APPLICABLE" in types:
        raise invalid_parameter("The compliance type NOT_APPLICABLE cannot be used to filter.")
    return types


def _shown(counts: Counts, cap: int) -> dict[str, Any]:
    compliance: dict[str, Any] = {"ComplianceType": counts.compliance}
    if counts.non_compliant:
        compliance["ComplianceContributorCount"] = capped(counts.non_compliant, cap)
    return compliance
