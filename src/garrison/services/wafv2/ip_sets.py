"""Sets of addresses: made, read, listed, replaced and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.wafv2.changing import identified, keep_changed, keep_new, remove
from garrison.services.wafv2.faults import invalid, limit_exceeded
from garrison.services.wafv2.listing import page_of_kind
from garrison.services.wafv2.naming import Request, found, named, scope_of, unlocked
from garrison.services.wafv2.resources import IPSet
from garrison.services.wafv2.service import service
from garrison.services.wafv2.tags import checked_tags, of_entity, tagged
from garrison.waf.validation.addresses import networks

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call

MOST_ADDRESSES = 10_000
"""AWS WAF Developer Guide, "AWS WAF quotas"."""

_arn = named(IPSet)
_context = of_entity(IPSet)


@service.operation(
    "CreateIPSet", needs={"wafv2:CreateIPSet": _arn, "wafv2:TagResource": tagged(_arn)}, context=_context
)
def create_ip_set(call: Call, request: shapes.CreateIPSetRequestTypeDef) -> dict[str, Any]:
    """A new set."""
    scope = scope_of(call, request)
    version = request["IPAddressVersion"]
    entity = IPSet(
        **identified(call, request, scope),
        version=version,
        addresses=_checked(request, version),
        tags=checked_tags(request.get("Tags")),
    )
    return keep_new(call, entity)


@service.operation("GetIPSet", needs={"wafv2:GetIPSet": _arn}, context=_context)
def get_ip_set(call: Call, request: shapes.GetIPSetRequestTypeDef) -> dict[str, Any]:
    """A set with its addresses."""
    entity = found(call, IPSet, request)
    shown = {
        "Name": entity.name,
        "Id": entity.id,
        "ARN": entity.arn,
        "Description": entity.description,
        "IPAddressVersion": entity.version,
        "Addresses": list(entity.addresses),
    }
    return {"IPSet": shown, "LockToken": entity.lock_token}


@service.operation("ListIPSets", needs={"wafv2:ListIPSets": "*"})
def list_ip_sets(call: Call, request: shapes.ListIPSetsRequestTypeDef) -> dict[str, Any]:
    """The sets of a scope."""
    return page_of_kind(call, request, IPSet, "IPSets")


@service.operation("UpdateIPSet", needs={"wafv2:UpdateIPSet": _arn}, context=_context)
def update_ip_set(call: Call, request: shapes.UpdateIPSetRequestTypeDef) -> dict[str, Any]:
    """The set with these addresses in place of those it had."""
    entity = unlocked(call, IPSet, request)
    addresses = _checked(request, entity.version)
    return keep_changed(call, replace(entity, addresses=addresses, description=request.get("Description") or ""))


@service.operation("DeleteIPSet", needs={"wafv2:DeleteIPSet": _arn}, context=_context)
def delete_ip_set(call: Call, request: shapes.DeleteIPSetRequestTypeDef) -> None:
    """Delete a set that no rule refers to."""
    remove(call, unlocked(call, IPSet, request))


def _checked(request: Request, version: str) -> tuple[str, ...]:
    """The request's addresses in CIDR notation, each once."""
    given = request["Addresses"]
    if len(given) > MOST_ADDRESSES:
        raise limit_exceeded("IPSET_ADDRESSES")
    made, wrong = networks(given, version)
    if wrong is not None:
        raise invalid(wrong.field, wrong.parameter, wrong.reason)
    return made
