"""Web ACLs: made, read, listed, replaced and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.wafv2.changing import identified, keep_changed, keep_new, remove
from garrison.services.wafv2.checking import Checked, check, checked_rules
from garrison.services.wafv2.documents import bodies_of, default_action_of, kept, shown
from garrison.services.wafv2.faults import in_use, invalid, limit_exceeded
from garrison.services.wafv2.listing import page_of_kind
from garrison.services.wafv2.naming import Request, found, named, scope_of, unlocked
from garrison.services.wafv2.referring import with_references
from garrison.services.wafv2.resources import Association, LoggingConfiguration, WebACL
from garrison.services.wafv2.service import service
from garrison.services.wafv2.sharing import group_policy
from garrison.services.wafv2.tags import checked_tags, of_entity, tagged
from garrison.waf.capacity import MOST
from garrison.waf.validation import action_problems, setting_problems

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call

MEMBERS = (
    "DefaultAction",
    "Rules",
    "VisibilityConfig",
    "DataProtectionConfig",
    "CustomResponseBodies",
    "CaptchaConfig",
    "ChallengeConfig",
    "TokenDomains",
    "AssociationConfig",
    "ApplicationConfig",
)
REFUSED = {
    "MonetizationConfig": "Payments are not built here.",
    "OnSourceDDoSProtectionConfig": "Protection by the load balancer itself is not built here.",
}

_arn = named(WebACL)
_context = of_entity(WebACL)


@service.operation(
    "CreateWebACL",
    needs={"wafv2:CreateWebACL": with_references(_arn), "wafv2:TagResource": tagged(_arn)},
    context=_context,
    resource_policy=group_policy,
)
def create_web_acl(call: Call, request: shapes.CreateWebACLRequestTypeDef) -> dict[str, Any]:
    """A new web ACL."""
    scope = scope_of(call, request)
    checked = _checked(call, request, scope)
    entity = WebACL(
        **identified(call, request, scope),
        document=kept(request, MEMBERS),
        refers=checked.refers,
        capacity=checked.capacity,
        tags=checked_tags(request.get("Tags")),
    )
    return keep_new(call, entity)


@service.operation("GetWebACL", needs={"wafv2:GetWebACL": _arn}, context=_context)
def get_web_acl(call: Call, request: shapes.GetWebACLRequestTypeDef) -> dict[str, Any]:
    """A web ACL with its rules."""
    entity = found(call, WebACL, request)
    return {"WebACL": web_acl_shown(entity), "LockToken": entity.lock_token}


@service.operation("ListWebACLs", needs={"wafv2:ListWebACLs": "*"})
def list_web_acls(call: Call, request: shapes.ListWebACLsRequestTypeDef) -> dict[str, Any]:
    """The web ACLs of a scope."""
    return page_of_kind(call, request, WebACL, "WebACLs")


@service.operation(
    "UpdateWebACL",
    needs={"wafv2:UpdateWebACL": with_references(_arn)},
    context=_context,
    resource_policy=group_policy,
)
def update_web_acl(call: Call, request: shapes.UpdateWebACLRequestTypeDef) -> dict[str, Any]:
    """The web ACL with these settings in place of all that it had."""
    entity = unlocked(call, WebACL, request)
    checked = _checked(call, request, entity.scope)
    changed = replace(
        entity,
        document=kept(request, MEMBERS),
        refers=checked.refers,
        capacity=checked.capacity,
        description=request.get("Description") or "",
    )
    return keep_changed(call, changed)


@service.operation("DeleteWebACL", needs={"wafv2:DeleteWebACL": _arn}, context=_context)
def delete_web_acl(call: Call, request: shapes.DeleteWebACLRequestTypeDef) -> None:
    """Delete a web ACL that protects nothing, with its logging configuration."""
    entity = unlocked(call, WebACL, request)
    if call.unit.count(Association, {"web_acl": entity.arn}):
        raise in_use()
    remove(call, entity)
    logging = call.unit.get(LoggingConfiguration, entity.arn)
    if logging is not None:
        call.unit.remove(logging)


def web_acl_shown(entity: WebACL) -> dict[str, Any]:
    """A web ACL as answers show it."""
    return {
        "Name": entity.name,
        "Id": entity.id,
        "ARN": entity.arn,
        "Description": entity.description,
        "Rules": [],
        **shown(entity.document),
        "Capacity": entity.capacity,
        "ManagedByFirewallManager": False,
        "RetrofittedByFirewallManager": False,
        "LabelNamespace": entity.label_namespace,
    }


def _checked(call: Call, request: Request, scope: str) -> Checked:
    for member, reason in REFUSED.items():
        if request.get(member):
            field = "MONETIZATION_CONFIG" if member == "MonetizationConfig" else "WEB_ACL"
            raise invalid(field, member, reason)
    check(setting_problems(request))
    checked = checked_rules(call, request, scope, WebACL)
    check(action_problems(default_action_of(request), bodies_of(request), "DEFAULT_ACTION"))
    if checked.capacity > MOST:
        raise limit_exceeded("WCU")
    return checked
