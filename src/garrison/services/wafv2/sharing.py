"""Rule groups that other accounts may use: the resource policy that shares one, and what it lets them do.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_PutPermissionPolicy.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from garrison import codec
from garrison.errors import ApiError
from garrison.policy import MalformedPolicy, PolicyKind, Source, parse_document
from garrison.services.wafv2.faults import nonexistent
from garrison.services.wafv2.naming import Request, at_arn, by_arn
from garrison.services.wafv2.resources import Entity, RuleGroup
from garrison.services.wafv2.service import service
from garrison.services.wafv2.tags import of_entity

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call

NEEDED = frozenset({"wafv2:createwebacl", "wafv2:updatewebacl", "wafv2:putfirewallmanagerrulegroups"})
ALLOWED = NEEDED | {"wafv2:getrulegroup"}
VERSION = "2012-10-17"


def _arn(_call: Call, request: Request) -> str:
    return str(request["ResourceArn"])


_context = of_entity(RuleGroup, "ResourceArn")


@service.operation("PutPermissionPolicy", needs={"wafv2:PutPermissionPolicy": _arn}, context=_context)
def put_permission_policy(call: Call, request: shapes.PutPermissionPolicyRequestTypeDef) -> None:
    """Share a rule group by a policy, in the place of the one before."""
    group = by_arn(call, RuleGroup, request["ResourceArn"])
    _check(request["Policy"])
    call.unit.save(replace(group, policy=request["Policy"]))
    call.unit.raise_policy_generation()


@service.operation("GetPermissionPolicy", needs={"wafv2:GetPermissionPolicy": _arn}, context=_context)
def get_permission_policy(call: Call, request: shapes.GetPermissionPolicyRequestTypeDef) -> dict[str, Any]:
    """The policy that shares a rule group."""
    group = by_arn(call, RuleGroup, request["ResourceArn"])
    if group.policy is None:
        raise nonexistent()
    return {"Policy": group.policy}


@service.operation("DeletePermissionPolicy", needs={"wafv2:DeletePermissionPolicy": _arn}, context=_context)
def delete_permission_policy(call: Call, request: shapes.DeletePermissionPolicyRequestTypeDef) -> None:
    """Share a rule group no longer. Web ACLs of other accounts that refer to it lose it at their next change."""
    group = by_arn(call, RuleGroup, request["ResourceArn"])
    if group.policy is None:
        raise nonexistent()
    call.unit.save(replace(group, policy=None))
    call.unit.raise_policy_generation()


def may_use(call: Call, entity: Entity) -> bool:
    """Whether the calling account may refer to an entity: it is its own, or a rule group that is shared with it."""
    if entity.region != call.region:
        return False
    shared = isinstance(entity, RuleGroup) and entity.policy is not None and _names(entity.policy, call.account)
    return entity.account == call.account or shared


def group_policy(call: Call, _request: Request, resource: str) -> Source | None:
    """The policy of a rule group, which decides with the caller's own."""
    group = at_arn(call.unit, RuleGroup, resource)
    return _source(group.policy) if group is not None and group.policy is not None else None


@lru_cache(maxsize=256)
def _source(text: str) -> Source:
    """The policy with the resource that it leaves out: that on which it hangs."""
    policy = codec.decode(text)
    statements = [one | {"Resource": "*"} for one in _statements(policy)]
    document = codec.encode(policy | {"Statement": statements}).decode()
    return Source(PolicyKind.RESOURCE, "wafv2-permission-policy", parse_document(document, PolicyKind.RESOURCE))


def _statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    found = policy["Statement"]
    return found if isinstance(found, list) else [found]


def _check(text: str) -> None:
    try:
        policy = codec.decode(text)
        statements = _statements(policy)
        is_right = policy["Version"] == VERSION and bool(statements) and all(map(_is_right, statements))
        _source(text)
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, MalformedPolicy):
        is_right = False
    if not is_right:
        raise ApiError(
            "WAFInvalidPermissionPolicyException",
            "The operation failed because the specified policy isn't in the proper format.",
        )


def _is_right(statement: dict[str, Any]) -> bool:
    actions = statement["Action"]
    named = {action.lower() for action in ([actions] if isinstance(actions, str) else actions)}
    allows = statement["Effect"] == "Allow" and "Principal" in statement and "Resource" not in statement
    return allows and NEEDED <= named <= ALLOWED


def _names(text: str, account: str) -> bool:
    """Whether a policy shares with an account, as a whole or with some in it."""
    for statement in _statements(codec.decode(text)):
        principal = statement["Principal"]
        given = principal.get("AWS", ()) if isinstance(principal, dict) else principal
        for one in [given] if isinstance(given, str) else given:
            if one in ("*", account) or f"::{account}:" in one:
                return True
    return False
