"""Count the rules, and the resources, that are complied with and that are not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from garrison.services.config.rules.compliance import (
    MOST_RESOURCES_COUNTED,
    MOST_RULES_COUNTED,
    capped,
    counts_of,
)
from garrison.services.config.rules.naming import verdicts_of
from garrison.services.config.rules.resources import ConfigRule
from garrison.services.config.service import service
from garrison.verdicts import looking

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call


@service.operation(
    "GetComplianceSummaryByConfigRule", needs={"config:GetComplianceSummaryByConfigRule": "*"}, long=True
)
def get_compliance_summary_by_config_rule(call: Call, request: Any) -> dict[str, Any]:
    """How many rules are complied with, and how many are not."""
    compliances = [counts.compliance for counts in counts_of(call, call.unit.page(ConfigRule)).values()]
    good, bad = compliances.count("COMPLIANT"), compliances.count("NON_COMPLIANT")
    return {"ComplianceSummary": _shown(call, good, bad, MOST_RULES_COUNTED)}


@service.operation(
    "GetComplianceSummaryByResourceType", needs={"config:GetComplianceSummaryByResourceType": "*"}, long=True
)
def get_compliance_summary_by_resource_type(
    call: Call, request: shapes.GetComplianceSummaryByResourceTypeRequestTypeDef
) -> dict[str, Any]:
    """How many resources comply with all rules that judge them, and how many do not: of each of these types, or of all together."""
    kept, found = verdicts_of(call.parts), dict[str, tuple[int, int]]()
    if kept.exists:
        with kept.reading() as db:
            found = looking.resources_by_type(db, call.account, call.region)
    types = request.get("ResourceTypes")
    if not types:
        good, bad = _sums(found.values())
        return {"ComplianceSummariesByResourceType": [{"ComplianceSummary": _of_resources(call, good, bad)}]}
    return {
        "ComplianceSummariesByResourceType": [
            {"ResourceType": each, "ComplianceSummary": _of_resources(call, *found.get(each, (0, 0)))}
            for each in dict.fromkeys(types)
        ]
    }


def _sums(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    good = bad = 0
    for one, other in pairs:
        good, bad = good + one, bad + other
    return good, bad


def _of_resources(call: Call, good: int, bad: int) -> dict[str, Any]:
    return _shown(call, good, bad, MOST_RESOURCES_COUNTED)


def _shown(call: Call, good: int, bad: int, cap: int) -> dict[str, Any]:
    return {
        "CompliantResourceCount": capped(good, cap),
        "NonCompliantResourceCount": capped(bad, cap),
        "ComplianceSummaryTimestamp": call.at,
    }
