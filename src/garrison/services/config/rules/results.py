"""Show verdicts: those of a rule, and those on a resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.config.faults import invalid_parameter
from garrison.services.config.paging import page_of, position_of
from garrison.services.config.rules.naming import by_id, find_rule, of_rule, on_rule, verdicts_of
from garrison.services.config.rules.resources import ConfigRule
from garrison.services.config.service import service
from garrison.verdicts import Kept, looking

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

DEFAULT_RESULTS, MOST_RESULTS = 10, 100
SHOWN = ("COMPLIANT", "NON_COMPLIANT", "INSUFFICIENT_DATA")
"""What is listed where nobody asks for anything else: rules that do not apply to a resource are not there."""


def wanted(request: Mapping[str, Any]) -> tuple[str, ...]:
    """The compliance types that a request filters by."""
    types = tuple(request.get("ComplianceTypes") or ())
    if "INSUFFICIENT_DATA" in types:
        raise invalid_parameter("The compliance type INSUFFICIENT_DATA cannot be used to filter results.")
    return types or SHOWN


def size_of(request: Mapping[str, Any]) -> int:
    """How many results a page has."""
    return int(request.get("Limit") or DEFAULT_RESULTS)


@service.operation(
    "GetComplianceDetailsByConfigRule",
    needs={"config:GetComplianceDetailsByConfigRule": on_rule},
    context=of_rule,
    long=True,
)
def get_compliance_details_by_config_rule(
    call: Call, request: shapes.GetComplianceDetailsByConfigRuleRequestTypeDef
) -> dict[str, Any]:
    """What a rule says of each resource."""
    rule = find_rule(call.unit, request["ConfigRuleName"])
    compliances, size = wanted(request), size_of(request)
    after = position_of(call, request, tuple[str, str]) or ("", "")
    kept, found = verdicts_of(call.parts), list[Kept]()
    if kept.exists:
        with kept.reading() as db:
            found = looking.of_rule(db, rule.key, compliances=compliances, after=after, limit=size + 1)
    return page_of(
        call,
        found,
        size,
        "EvaluationResults",
        position=lambda one: (one.resource_type, one.resource_id),
        render=lambda one: shown_result(one, rule.name),
    )


@service.operation("GetComplianceDetailsByResource", needs={"config:GetComplianceDetailsByResource": "*"}, long=True)
def get_compliance_details_by_resource(
    call: Call, request: shapes.GetComplianceDetailsByResourceRequestTypeDef
) -> dict[str, Any]:
    """What each rule says of a resource."""
    resource_type, resource_id = request.get("ResourceType"), request.get("ResourceId")
    if request.get("ResourceEvaluationId"):
        raise invalid_parameter(
            "There are no evaluations of resources that do not exist yet: PROACTIVE is not supported."
        )
    if not resource_type or not resource_id:
        raise invalid_parameter("Both ResourceType and ResourceId must be given.")
    compliances, after = wanted(request), position_of(call, request, str) or ""
    kept, found = verdicts_of(call.parts), list[Kept]()
    if kept.exists:
        with kept.reading() as db:
            found = looking.of_resource(
                db,
                call.account,
                call.region,
                resource_type,
                resource_id,
                compliances=compliances,
                after=after,
                limit=MOST_RESULTS + 1,
            )
    name_of = names_of(call)
    found = [one for one in found if name_of(one.rule_id) is not None]
    return page_of(
        call,
        found,
        MOST_RESULTS,
        "EvaluationResults",
        position=lambda one: one.rule_id,
        render=lambda one: shown_result(one, name_of(one.rule_id) or ""),
    )


def names_of(call: Call) -> Callable[[str], str | None]:
    """Gives the names of rules by their ids."""
    find = by_id(call.unit.page(ConfigRule))

    def name_of(rule_id: str) -> str | None:
        rule = find(rule_id)
        return rule.name if rule is not None else None

    return name_of


def shown_result(one: Kept, rule_name: str) -> dict[str, Any]:
    """A verdict as an EvaluationResult."""
    return {
        "EvaluationResultIdentifier": identifier_of(one, rule_name),
        "ComplianceType": one.compliance,
        "ResultRecordedTime": one.recorded_at,
        "ConfigRuleInvokedTime": one.invoked_at,
        **({"Annotation": one.annotation} if one.annotation else {}),
    }


def identifier_of(one: Kept, rule_name: str) -> dict[str, Any]:
    """Which rule, which resource, and when that was as it was judged."""
    return {
        "EvaluationResultQualifier": {
            "ConfigRuleName": rule_name,
            "ResourceType": one.resource_type,
            "ResourceId": one.resource_id,
            "EvaluationMode": "DETECTIVE",
        },
        "OrderingTimestamp": one.ordered_at,
    }
