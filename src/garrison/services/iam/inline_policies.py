"""Inline policies of users, groups and roles: the same four operations for each of the three."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import Resource, existing_group, existing_role, existing_user
from garrison.services.iam.naming import find, no_such
from garrison.services.iam.paging import page_of
from garrison.services.iam.policy_documents import checked_document, shown_document
from garrison.services.iam.quotas import check_policy_size
from garrison.services.iam.resources import Group, Role, User
from garrison.services.iam.roles import check_modifiable
from garrison.services.iam.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.registry import Context

Answer = dict[str, Any]
Request = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Holder:
    """A kind of identity that holds inline policies."""

    kind: type[User] | type[Group] | type[Role]
    member: str
    """The request member that names it."""
    arn: Resource
    context: Context | None
    """Its condition values where its policies are read."""
    context_of_change: Context | None
    """Its condition values where its policies are changed."""

    def find(self, call: Call, request: Request) -> User | Group | Role:
        """The identity that the request names; NoSuchEntity where there is none."""
        return find(call.unit, self.kind, request[self.member])


HOLDERS = {
    "User": Holder(User, "UserName", existing_user, values.of_user, values.of_bounded_user),
    "Group": Holder(Group, "GroupName", existing_group, None, None),
    "Role": Holder(Role, "RoleName", existing_role, values.of_role, values.of_bounded_role),
}


def _document(entity: User | Group | Role, name: str) -> str:
    document = entity.inline_policies.get(name)
    if document is None:
        raise no_such(f"{entity.kind} policy", name)
    return document


def _save(call: Call, entity: User | Group | Role, policies: dict[str, str]) -> None:
    if isinstance(entity, Role):
        check_modifiable(entity)
    if policies != entity.inline_policies:
        call.unit.save(replace(entity, inline_policies=policies))
        call.unit.raise_policy_generation()


def _put(holder: Holder, call: Call, request: Request) -> None:
    entity = holder.find(call, request)
    policies = entity.inline_policies | {request["PolicyName"]: checked_document(request["PolicyDocument"])}
    check_policy_size(f"{holder.kind.__name__}PolicySize", tuple(policies.values()), f"{entity.kind} {entity.name}")
    _save(call, entity, policies)


def _get(holder: Holder, call: Call, request: Request) -> Answer:
    entity, name = holder.find(call, request), request["PolicyName"]
    document = shown_document(_document(entity, name))
    return {holder.member: entity.name, "PolicyName": name, "PolicyDocument": document}


def _list(holder: Holder, call: Call, request: Request) -> Answer:
    names = holder.find(call, request).inline_policies
    return page_of(call, request, "PolicyNames", names, key=str, render=str)


def _delete(holder: Holder, call: Call, request: Request) -> None:
    entity, name = holder.find(call, request), request["PolicyName"]
    _document(entity, name)
    _save(call, entity, {other: text for other, text in entity.inline_policies.items() if other != name})


def _register(prefix: str, holder: Holder) -> None:
    """Declare the four operations of a holder, e.g. PutUserPolicy, GetUserPolicy, ListUserPolicies, DeleteUserPolicy."""
    for name, act, is_change in (
        (f"Put{prefix}Policy", _put, True),
        (f"Get{prefix}Policy", _get, False),
        (f"List{prefix}Policies", _list, False),
        (f"Delete{prefix}Policy", _delete, True),
    ):
        service.operation(
            name,
            needs={f"iam:{name}": holder.arn},
            context=holder.context_of_change if is_change else holder.context,
        )(partial(act, holder))


for _prefix, _holder in HOLDERS.items():
    _register(_prefix, _holder)
