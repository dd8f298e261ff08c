"""What adapters saw: samples of requests, and the addresses that rate-based rules hold back."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.wafv2.documents import rules_of
from garrison.services.wafv2.faults import invalid, nonexistent
from garrison.services.wafv2.naming import Request, at_arn, by_arn, found, scope_of
from garrison.services.wafv2.records.file import MOST_SAMPLES, SAMPLES_SECONDS, records_of
from garrison.services.wafv2.resources import RuleGroup, WebACL, entity_arn
from garrison.services.wafv2.service import service
from garrison.services.wafv2.tags import of_entity
from garrison.waf.document import Rule

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call

MOST_RESULTS = 500
MOST_ADDRESSES = 10_000
"""API reference, GetSampledRequests and GetRateBasedStatementManagedKeys."""


def _arn(_call: Call, request: Request) -> str:
    return str(request["WebAclArn"])


def _named_arn(call: Call, request: Request) -> str:
    name, id = request["WebACLName"], request["WebACLId"]
    return entity_arn(call.region, call.account, request["Scope"], WebACL.kind, name, id)


@service.operation(
    "GetSampledRequests", needs={"wafv2:GetSampledRequests": _arn}, context=of_entity(WebACL, "WebAclArn")
)
def get_sampled_requests(call: Call, request: shapes.GetSampledRequestsRequestTypeDef) -> dict[str, Any]:
    """Some of the requests of a rule in a time of the last three hours, by chance, each standing for as many as it must."""
    if scope_of(call, request) != by_arn(call, WebACL, request["WebAclArn"]).scope:
        raise nonexistent()
    if not 1 <= request["MaxItems"] <= MOST_RESULTS:
        raise invalid("ENTITY_LIMIT", "MaxItems", f"There are 1 to {MOST_RESULTS} samples.")
    start, end = _window(call, request["TimeWindow"])
    kept = records_of(call.parts).samples(
        request["WebAclArn"], request["RuleMetricName"], start.timestamp(), end.timestamp(), MOST_SAMPLES
    )
    if len(kept) == MOST_SAMPLES:
        end = datetime.fromtimestamp(kept[-1][0], UTC)
    chosen = kept
    if len(kept) > request["MaxItems"]:
        chosen = sorted(random.sample(kept, request["MaxItems"]), key=lambda one: one[0])
    weight = max(1, round(len(kept) / len(chosen))) if chosen else 1
    samples = [{**one, "Timestamp": datetime.fromtimestamp(at, UTC), "Weight": weight} for at, one in chosen]
    return {
        "SampledRequests": samples,
        "PopulationSize": len(kept),
        "TimeWindow": {"StartTime": start, "EndTime": end},
    }


@service.operation(
    "GetRateBasedStatementManagedKeys",
    needs={"wafv2:GetRateBasedStatementManagedKeys": _named_arn},
    context=lambda call, request: of_entity(WebACL)(call, {"ARN": _named_arn(call, request)}),
)
def get_rate_based_statement_managed_keys(
    call: Call, request: shapes.GetRateBasedStatementManagedKeysRequestTypeDef
) -> dict[str, Any]:
    """The addresses that a rule holds back now, of both versions."""
    named = {"Name": request["WebACLName"], "Scope": request["Scope"], "Id": request["WebACLId"]}
    web_acl = found(call, WebACL, named)
    group_rule = request.get("RuleGroupRuleName") or ""
    rate = _rule(call, web_acl, group_rule, request["RuleName"]).statement.rate_based_statement
    if rate is None:
        raise nonexistent()
    if rate.aggregate_key_type not in ("IP", "FORWARDED_IP"):
        raise _unsupported()
    held = records_of(call.parts).blocked(web_acl.arn, group_rule, request["RuleName"], call.at.timestamp())
    networks = {4: ("IPV4", 32), 6: ("IPV6", 128)}
    answer: dict[str, Any] = {}
    for version, (name, length) in networks.items():
        of_version = [f"{one}/{length}" for one in held if ip_address(one).version == version][:MOST_ADDRESSES]
        answer[f"ManagedKeys{name}"] = {"IPAddressVersion": name, "Addresses": of_version}
    return answer


def _rule(call: Call, web_acl: WebACL, group_rule: str, name: str) -> Rule:
    """The rule of a web ACL, or of the own rule group that one of its rules refers to."""
    rules = {rule.name: rule for rule in rules_of(web_acl.document)}
    if group_rule:
        reference = rules[group_rule].statement.rule_group_reference_statement if group_rule in rules else None
        group = at_arn(call.unit, RuleGroup, reference.arn) if reference is not None else None
        rules = {rule.name: rule for rule in rules_of(group.document)} if group is not None else {}
    if name not in rules:
        raise nonexistent()
    return rules[name]


def _window(call: Call, window: Request) -> tuple[datetime, datetime]:
    start, end = window["StartTime"], window["EndTime"]
    if start >= end:
        raise invalid("RULE", "TimeWindow", "The time window ends before it begins.")
    return max(start, call.at - timedelta(seconds=SAMPLES_SECONDS)), end


def _unsupported() -> ApiError:
    return ApiError(
        "WAFUnsupportedAggregateKeyTypeException",
        "The rule doesn’t aggregate solely on the IP address or solely on the forwarded IP address.",
    )
