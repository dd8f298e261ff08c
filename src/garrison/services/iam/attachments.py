"""Managed policies attached to users, groups and roles: the same three operations for each, and who has a policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.iam.inline_policies import HOLDERS, Holder
from garrison.services.iam.managed import attachable_policy, check_policy_arn
from garrison.services.iam.managed_policies import of_policy, policy_arn
from garrison.services.iam.paging import page_of
from garrison.services.iam.policy_usage import attached_to_policy, bounded_by_policy
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.resources import Group, Role, User
from garrison.services.iam.roles import check_modifiable
from garrison.services.iam.service import service

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]
Request = Mapping[str, Any]
Entity = User | Group | Role


def _attach(holder: Holder, call: Call, request: Request) -> None:
    entity, policy = _changed_entity(holder, call, request), attachable_policy(call.unit, request["PolicyArn"])
    if policy.arn in entity.attached_policies:
        return
    check_quota(f"PoliciesPer{holder.kind.__name__}", len(entity.attached_policies) + 1)
    _save(call, entity, (*entity.attached_policies, policy.arn))


def _detach(holder: Holder, call: Call, request: Request) -> None:
    entity, arn = _changed_entity(holder, call, request), request["PolicyArn"]
    check_policy_arn(arn)
    if arn not in entity.attached_policies:
        raise ApiError("NoSuchEntity", f"Policy {arn} was not found.")
    _save(call, entity, tuple(attached for attached in entity.attached_policies if attached != arn))


def _changed_entity(holder: Holder, call: Call, request: Request) -> Entity:
    entity = holder.find(call, request)
    if isinstance(entity, Role):
        check_modifiable(entity)
    return entity


def _save(call: Call, entity: Entity, attached: tuple[str, ...]) -> None:
    call.unit.save(replace(entity, attached_policies=attached))
    call.unit.raise_policy_generation()


def shown_attachment(policy_arn: str) -> Answer:
    """A policy as lists of attached policies show it; its name is the last part of its ARN."""
    return {"PolicyName": policy_arn.rpartition("/")[2], "PolicyArn": policy_arn}


def _path(policy_arn: str) -> str:
    """The path in a policy's ARN: `/` of `arn:aws:iam::123456789012:policy/reader`."""
    return policy_arn[policy_arn.index("/") : policy_arn.rindex("/") + 1]


def _list(holder: Holder, call: Call, request: Request) -> Answer:
    prefix = request.get("PathPrefix") or "/"
    attached = [arn for arn in holder.find(call, request).attached_policies if _path(arn).startswith(prefix)]
    return page_of(call, request, "AttachedPolicies", attached, key=str, render=shown_attachment)


def _of_attachment(
    context: Callable[[Call, Any], Mapping[str, Any]] | None,
) -> Callable[[Call, Any], Mapping[str, Any]]:
    def of_attachment(call: Call, request: Any) -> Mapping[str, Any]:
        of_holder = context(call, request) if context is not None else {}
        return {**of_holder, "iam:PolicyARN": request["PolicyArn"]}

    return of_attachment


def _register(prefix: str, holder: Holder) -> None:
    """Declare the three operations of a holder, e.g. AttachUserPolicy, DetachUserPolicy, ListAttachedUserPolicies."""
    of_change = _of_attachment(holder.context_of_change)
    for name, act, context in (
        (f"Attach{prefix}Policy", _attach, of_change),
        (f"Detach{prefix}Policy", _detach, of_change),
        (f"ListAttached{prefix}Policies", _list, holder.context),
    ):
        service.operation(name, needs={f"iam:{name}": holder.arn}, context=context)(partial(act, holder))


for _prefix, _holder in HOLDERS.items():
    _register(_prefix, _holder)

_LISTED: dict[type[Entity], str] = {Group: "PolicyGroups", User: "PolicyUsers", Role: "PolicyRoles"}


@service.operation("ListEntitiesForPolicy", needs={"iam:ListEntitiesForPolicy": policy_arn}, context=of_policy)
def list_entities_for_policy(call: Call, request: shapes.ListEntitiesForPolicyRequestTypeDef) -> Answer:
    """List the groups, users and roles that have a policy attached, or as their boundary."""
    attachable_policy(call.unit, request["PolicyArn"])
    found = [(kind, entity) for kind in _LISTED for entity in _users_of(call, request, kind)]
    page = page_of(
        call,
        request,
        "Found",
        found,
        key=lambda each: f"{_LISTED[each[0]]}/{each[1].folded}",
        render=lambda each: each,
    )
    shown: Answer = {member: [] for member in _LISTED.values()}
    for kind, entity in page.pop("Found"):
        name = kind.__name__
        shown[_LISTED[kind]].append({f"{name}Name": entity.name, f"{name}Id": entity.unique_id})
    return shown | page


def _users_of(call: Call, request: shapes.ListEntitiesForPolicyRequestTypeDef, kind: type[Entity]) -> list[Entity]:
    """The resources of a kind that use the policy in the way that the request's filters ask for."""
    if request.get("EntityFilter") not in (None, kind.__name__):
        return []
    usage, arn, prefix = request.get("PolicyUsageFilter"), request["PolicyArn"], request.get("PathPrefix") or "/"
    found: dict[str, Entity] = {}
    if usage != "PermissionsBoundary":
        found |= {entity.folded: entity for entity in attached_to_policy(call.unit, kind, arn)}
    if usage != "PermissionsPolicy" and kind is not Group:
        found |= {entity.folded: entity for entity in bounded_by_policy(call.unit, kind, arn)}
    return [entity for entity in found.values() if entity.path.startswith(prefix)]
