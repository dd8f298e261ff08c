"""Operations for what Garrison has not: CAPTCHA, bots, mobile SDKs, payments, Firewall Manager, vendors of rule groups.

Listings are empty, as they are in an account that has none; what would make something, or tell of it, is refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from garrison.services.wafv2.faults import nonexistent, not_built
from garrison.services.wafv2.naming import Request, by_arn, named, scope_of
from garrison.services.wafv2.resources import WebACL, entity_arn
from garrison.services.wafv2.service import service
from garrison.services.wafv2.tags import of_entity

if TYPE_CHECKING:
    from garrison.services.call import Call

_web_acl = named(WebACL, "WebACLArn")


def _rule_set(call: Call, request: Request) -> str:
    scope, name, id = request["Scope"], request["Name"], request["Id"]
    return entity_arn(call.region, call.account, scope, "managedruleset", name, id)


@service.operation("ListAPIKeys", needs={"wafv2:ListAPIKeys": "*"})
def list_api_keys(call: Call, request: Request) -> dict[str, Any]:
    """There are none: they are for CAPTCHA."""
    scope_of(call, request)
    return {"APIKeySummaries": []}


@service.operation("CreateAPIKey", needs={"wafv2:CreateAPIKey": "*"})
def create_api_key(_call: Call, _request: Request) -> NoReturn:
    """Refused."""
    raise not_built("CAPTCHA, which API keys are for,")


@service.operation("DeleteAPIKey", needs={"wafv2:DeleteAPIKey": "*"})
def delete_api_key(call: Call, request: Request) -> NoReturn:
    """There is none."""
    scope_of(call, request)
    raise nonexistent()


@service.operation("GetDecryptedAPIKey", needs={"wafv2:GetDecryptedAPIKey": "*"})
def get_decrypted_api_key(call: Call, request: Request) -> NoReturn:
    """There is none."""
    scope_of(call, request)
    raise nonexistent()


@service.operation("ListManagedRuleSets", needs={"wafv2:ListManagedRuleSets": "*"})
def list_managed_rule_sets(call: Call, request: Request) -> dict[str, Any]:
    """There are none: they are for vendors."""
    scope_of(call, request)
    return {"ManagedRuleSets": []}


@service.operation("GetManagedRuleSet", needs={"wafv2:GetManagedRuleSet": _rule_set})
def get_managed_rule_set(call: Call, request: Request) -> NoReturn:
    """There is none."""
    scope_of(call, request)
    raise nonexistent()


@service.operation("PutManagedRuleSetVersions", needs={"wafv2:PutManagedRuleSetVersions": _rule_set})
def put_managed_rule_set_versions(call: Call, request: Request) -> NoReturn:
    """There is none."""
    scope_of(call, request)
    raise nonexistent()


@service.operation(
    "UpdateManagedRuleSetVersionExpiryDate", needs={"wafv2:UpdateManagedRuleSetVersionExpiryDate": _rule_set}
)
def update_managed_rule_set_version_expiry_date(call: Call, request: Request) -> NoReturn:
    """There is none."""
    scope_of(call, request)
    raise nonexistent()


@service.operation("ListMobileSdkReleases", needs={"wafv2:ListMobileSdkReleases": "*"})
def list_mobile_sdk_releases(_call: Call, _request: Request) -> dict[str, Any]:
    """There are none."""
    return {"ReleaseSummaries": []}


@service.operation("GetMobileSdkRelease", needs={"wafv2:GetMobileSdkRelease": "*"})
def get_mobile_sdk_release(_call: Call, _request: Request) -> NoReturn:
    """There is none."""
    raise nonexistent()


@service.operation("GenerateMobileSdkReleaseUrl", needs={"wafv2:GenerateMobileSdkReleaseUrl": "*"}, read_only=True)
def generate_mobile_sdk_release_url(_call: Call, _request: Request) -> NoReturn:
    """There is none."""
    raise nonexistent()


@service.operation(
    "DeleteFirewallManagerRuleGroups",
    needs={"wafv2:DeleteFirewallManagerRuleGroups": _web_acl},
    context=of_entity(WebACL, "WebACLArn"),
)
def delete_firewall_manager_rule_groups(call: Call, request: Request) -> NoReturn:
    """Refused: Firewall Manager, which is not there, manages no web ACL."""
    by_arn(call, WebACL, request["WebACLArn"])
    raise not_built("Firewall Manager")


@service.operation(
    "GetTopPathStatisticsByTraffic",
    needs={"wafv2:GetTopPathStatisticsByTraffic": named(WebACL, "WebAclArn")},
    context=of_entity(WebACL, "WebAclArn"),
)
def get_top_path_statistics_by_traffic(call: Call, request: Request) -> NoReturn:
    """Refused: it tells of the traffic of bots, which only Bot Control knows."""
    by_arn(call, WebACL, request["WebAclArn"])
    raise not_built("Bot Control, which knows the traffic of bots,")


def _payments(_call: Call, _request: Request) -> NoReturn:
    raise not_built("Payment for requests")


for _name in (
    "GetRevenueStatistics",
    "GetRevenueStatisticsSummary",
    "GetRevenueStatisticsTimeSeries",
    "ListSettlementRecords",
):
    service.operation(_name, needs={f"wafv2:{_name}": "*"})(_payments)
