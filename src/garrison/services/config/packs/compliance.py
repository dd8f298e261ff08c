"""Say how the rules of a pack are complied with: rule by rule, and resource by resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.config.faults import invalid_parameter
from garrison.services.config.packs.naming import find_pack, of_pack, on_pack, rules_of
from garrison.services.config.paging import page_of, position_of
from garrison.services.config.rules.compliance import counts_of
from garrison.services.config.rules.naming import verdicts_of
from garrison.services.config.rules.resources import ConfigRule
from garrison.services.config.rules.results import SHOWN, identifier_of
from garrison.services.config.service import service
from garrison.verdicts import Kept, looking
from garrison.verdicts.looking import Counts

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

MOST_RULES, MOST_RESULTS = 1000, 100


def _chosen(call: Call, request: Mapping[str, Any]) -> list[ConfigRule]:
    """The rules of the pack that a request asks about."""
    pack = find_pack(call.unit, request["ConformancePackName"])
    rules, names = rules_of(call.unit, pack), (request.get("Filters") or {}).get("ConfigRuleNames")
    if not names:
        return rules
    known = {rule.name for rule in rules}
    for name in names:
        if name not in known:
            raise ApiError(
                "NoSuchConfigRuleInConformancePackException",
                f"The ConfigRule '{name}' is not part of the conformance pack '{pack.name}'.",
            )
    return [rule for rule in rules if rule.name in names]


def _compliance(request: Mapping[str, Any]) -> str | None:
    wanted: str | None = (request.get("Filters") or {}).get("ComplianceType")
    if wanted == "INSUFFICIENT_DATA":
        raise invalid_parameter("The compliance type INSUFFICIENT_DATA cannot be used to filter.")
    return wanted


@service.operation(
    "DescribeConformancePackCompliance",
    needs={"config:DescribeConformancePackCompliance": on_pack},
    context=of_pack,
    long=True,
)
def describe_conformance_pack_compliance(
    call: Call, request: shapes.DescribeConformancePackComplianceRequestTypeDef
) -> dict[str, Any]:
    """Whether each rule of a pack is complied with."""
    size, wanted = request.get("Limit") or MOST_RULES, _compliance(request)
    after = position_of(call, request, str)
    rules = [rule for rule in _chosen(call, request) if after is None or rule.name > after]
    counts = counts_of(call, rules)
    found = [(rule.name, counts.get(rule.rule_id, Counts()).compliance) for rule in rules]
    answer = page_of(
        call,
        [pair for pair in found if wanted in (None, pair[1])],
        size,
        "ConformancePackRuleComplianceList",
        position=lambda pair: pair[0],
        render=lambda pair: {"ConfigRuleName": pair[0], "ComplianceType": pair[1], "Controls": []},
    )
    return {"ConformancePackName": request["ConformancePackName"], **answer}


@service.operation(
    "GetConformancePackComplianceDetails",
    needs={"config:GetConformancePackComplianceDetails": on_pack},
    context=of_pack,
    long=True,
)
def get_conformance_pack_compliance_details(
    call: Call, request: shapes.GetConformancePackComplianceDetailsRequestTypeDef
) -> dict[str, Any]:
    """What each rule of a pack says of each resource."""
    size, wanted = request.get("Limit") or MOST_RESULTS, _compliance(request)
    filters: Mapping[str, Any] = request.get("Filters") or {}
    if filters.get("ResourceIds") and not filters.get("ResourceType"):
        raise invalid_parameter("ResourceType must be given where ResourceIds are.")
    rules = _chosen(call, request)
    found = _results(call, rules, filters, (wanted,) if wanted else SHOWN, _after(call, request), size + 1)
    answer = page_of(
        call,
        found,
        size,
        "ConformancePackRuleEvaluationResults",
        position=lambda pair: (pair[0].name, pair[1].resource_type, pair[1].resource_id),
        render=_shown,
    )
    return {"ConformancePackName": request["ConformancePackName"], **answer}


def _after(call: Call, request: Mapping[str, Any]) -> tuple[str, str, str]:
    return position_of(call, request, tuple[str, str, str]) or ("", "", "")


def _results(
    call: Call,
    rules: Iterable[ConfigRule],
    filters: Mapping[str, Any],
    compliances: tuple[str, ...],
    after: tuple[str, str, str],
    limit: int,
) -> list[tuple[ConfigRule, Kept]]:
    """The verdicts of rules in the order of their names, then of resources, after a place."""
    kept, found = verdicts_of(call.parts), list[tuple[ConfigRule, Kept]]()
    with kept.reading() as db:
        for rule in rules:
            if rule.name < after[0]:
                continue
            said = looking.of_rule(
                db,
                rule.key,
                compliances=compliances,
                resource_type=filters.get("ResourceType"),
                resource_ids=filters.get("ResourceIds") or (),
                after=after[1:] if rule.name == after[0] else ("", ""),
                limit=limit - len(found),
            )
            found += [(rule, one) for one in said]
            if len(found) >= limit:
                break
    return found


def _shown(pair: tuple[ConfigRule, Kept]) -> dict[str, Any]:
    rule, one = pair
    return {
        "ComplianceType": one.compliance,
        "EvaluationResultIdentifier": identifier_of(one, rule.name),
        "ConfigRuleInvokedTime": one.invoked_at,
        "ResultRecordedTime": one.recorded_at,
        **({"Annotation": one.annotation} if one.annotation else {}),
    }
