"""Walk the tree of the organization, and move accounts in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.organizations.accounts import page_of_accounts
from garrison.services.organizations.controls import raise_generations
from garrison.services.organizations.finding import (
    find_account,
    find_node,
    find_parent,
    managed_organization,
    missing,
    named,
    tags_of,
)
from garrison.services.organizations.paging import page_of
from garrison.services.organizations.resources import MemberAccount, OrganizationalUnit, Root
from garrison.services.organizations.service import service

if TYPE_CHECKING:
    from types_boto3_organizations import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]


@service.operation(
    "ListAccountsForParent",
    needs={"organizations:ListAccountsForParent": named("ParentId")},
    context=tags_of("ParentId"),
)
def list_accounts_for_parent(call: Call, request: shapes.ListAccountsForParentRequestTypeDef) -> Answer:
    """List the accounts directly under the root or a unit."""
    managed_organization(call)
    parent = find_parent(call, request["ParentId"])
    return page_of_accounts(call, request, call.unit.page(MemberAccount, where={"parent_id": parent.node_id}))


@service.operation("ListParents", needs={"organizations:ListParents": named("ChildId")}, context=tags_of("ChildId"))
def list_parents(call: Call, request: shapes.ListParentsRequestTypeDef) -> Answer:
    """Name the root or unit that an account or unit is directly under."""
    managed_organization(call)
    child = find_node(call, request["ChildId"], "ChildNotFoundException")
    if not isinstance(child, (MemberAccount, OrganizationalUnit)):
        raise missing("ChildNotFoundException")
    parent = find_parent(call, child.parent_id)
    return page_of(
        call,
        request,
        "Parents",
        [parent],
        key=lambda node: node.node_id,
        render=lambda node: {"Id": node.node_id, "Type": node.target_type},
    )


@service.operation("ListChildren", needs={"organizations:ListChildren": named("ParentId")}, context=tags_of("ParentId"))
def list_children(call: Call, request: shapes.ListChildrenRequestTypeDef) -> Answer:
    """List the accounts or the units directly under the root or a unit."""
    managed_organization(call)
    where = {"parent_id": find_parent(call, request["ParentId"]).node_id}
    kind: type[MemberAccount] | type[OrganizationalUnit]
    kind = MemberAccount if request["ChildType"] == "ACCOUNT" else OrganizationalUnit
    return page_of(
        call,
        request,
        "Children",
        call.unit.page(kind, where=where),
        key=lambda node: node.node_id,
        render=lambda node: {"Id": node.node_id, "Type": node.target_type},
    )


@service.operation(
    "MoveAccount",
    needs={"organizations:MoveAccount": named("AccountId", "SourceParentId", "DestinationParentId")},
    context=tags_of("AccountId"),
)
def move_account(call: Call, request: shapes.MoveAccountRequestTypeDef) -> None:
    """Move an account to another place of the tree, and so under other policies."""
    managed_organization(call)
    member = find_account(call, request["AccountId"])
    source = find_parent(call, request["SourceParentId"], "SourceParentNotFoundException")
    destination: Root | OrganizationalUnit = find_parent(
        call, request["DestinationParentId"], "DestinationParentNotFoundException"
    )
    if member.parent_id == destination.node_id:
        raise ApiError("DuplicateAccountException", "That account is already present in the specified destination.")
    if member.parent_id != source.node_id:
        raise missing("SourceParentNotFoundException")
    raise_generations(call.unit, call.unit.save(replace(member, parent_id=destination.node_id)))
