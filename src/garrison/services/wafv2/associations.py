"""Which web ACL protects which resource: put, taken away, asked for from both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.wafv2.changing import changed
from garrison.services.wafv2.faults import invalid, limit_exceeded
from garrison.services.wafv2.naming import Request, at_arn, by_arn
from garrison.services.wafv2.protected import protectable
from garrison.services.wafv2.resources import Association, WebACL
from garrison.services.wafv2.service import service
from garrison.services.wafv2.tags import of_entity
from garrison.services.wafv2.web_acls import web_acl_shown

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call

MOST_LOAD_BALANCERS = 100
"""Of a web ACL (AWS WAF Developer Guide, "AWS WAF quotas")."""
DEFAULT_TYPE = "APPLICATION_LOAD_BALANCER"


def _both(_call: Call, request: Request) -> tuple[str, str]:
    return str(request["WebACLArn"]), str(request["ResourceArn"])


def _resource(_call: Call, request: Request) -> str:
    return str(request["ResourceArn"])


def _web_acl(_call: Call, request: Request) -> str:
    return str(request["WebACLArn"])


@service.operation("AssociateWebACL", needs={"wafv2:AssociateWebACL": _both}, context=of_entity(WebACL, "WebACLArn"))
def associate_web_acl(call: Call, request: shapes.AssociateWebACLRequestTypeDef) -> None:
    """Protect a resource by a web ACL, in the place of the one that protected it."""
    kind = protectable(call, request["ResourceArn"])
    web_acl = by_arn(call, WebACL, request["WebACLArn"])
    if web_acl.scope != kind.scope:
        raise invalid("RESOURCE_ARN", request["ResourceArn"], "The web ACL's scope is not that of the resource.")
    present = call.unit.get(Association, request["ResourceArn"])
    if present is not None:
        call.unit.save(replace(present, web_acl=web_acl.arn))
    else:
        if len(_resources(call, web_acl.arn, kind.type)) >= MOST_LOAD_BALANCERS:
            raise limit_exceeded("ASSOCIATIONS")
        made = Association(account=call.account, resource_arn=request["ResourceArn"], web_acl=web_acl.arn)
        call.unit.add(made)
    changed(call)


@service.operation("DisassociateWebACL", needs={"wafv2:DisassociateWebACL": _resource})
def disassociate_web_acl(call: Call, request: shapes.DisassociateWebACLRequestTypeDef) -> None:
    """Protect a resource no longer; one that was not protected is no error."""
    protectable(call, request["ResourceArn"])
    present = call.unit.get(Association, request["ResourceArn"])
    if present is not None:
        call.unit.remove(present)
        changed(call)


@service.operation("GetWebACLForResource", needs={"wafv2:GetWebACLForResource": _resource})
def get_web_acl_for_resource(call: Call, request: shapes.GetWebACLForResourceRequestTypeDef) -> dict[str, Any]:
    """The web ACL that protects a resource; nothing where none does."""
    protectable(call, request["ResourceArn"])
    web_acl = protecting(call, request["ResourceArn"])
    return {"WebACL": web_acl_shown(web_acl)} if web_acl is not None else {}


@service.operation(
    "ListResourcesForWebACL",
    needs={"wafv2:ListResourcesForWebACL": _web_acl},
    context=of_entity(WebACL, "WebACLArn"),
)
def list_resources_for_web_acl(call: Call, request: shapes.ListResourcesForWebACLRequestTypeDef) -> dict[str, Any]:
    """The resources of a type that a web ACL protects: load balancers where none is named, CloudFront's distributions beside them."""
    web_acl = by_arn(call, WebACL, request["WebACLArn"])
    wanted = request.get("ResourceType")
    found = _resources(call, web_acl.arn, wanted or DEFAULT_TYPE)
    if wanted is None:
        found += _resources(call, web_acl.arn, "")
    return {"ResourceArns": sorted(found)}


def protecting(call: Call, resource_arn: str) -> WebACL | None:
    """The web ACL that protects a resource, or None."""
    association = call.unit.get(Association, resource_arn)
    return at_arn(call.unit, WebACL, association.web_acl) if association is not None else None


def _resources(call: Call, web_acl: str, type: str) -> list[str]:
    found = call.unit.page(Association, where={"web_acl": web_acl})
    return [one.resource_arn for one in found if protectable(call, one.resource_arn).type == type]
