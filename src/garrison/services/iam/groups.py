"""IAM groups and who is in them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import GROUP, unique_id
from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import existing_group, existing_user, listed, moved, new
from garrison.services.iam.naming import add_named, checked_path, find_group, find_user, folded, lookup
from garrison.services.iam.paging import page_of, page_of_kind, under_path
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.resources import Group, User
from garrison.services.iam.service import service
from garrison.services.iam.users import listed_user
from garrison.store import Contains

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]


def shown_group(group: Group) -> Answer:
    """A group as answers show it."""
    return {
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.unique_id,
        "Arn": group.arn,
        "CreateDate": group.create_date,
    }


def _members(group: Group) -> dict[str, Any]:
    """Selects the users in a group."""
    return {"groups": Contains(group.folded)}


@service.operation("CreateGroup", needs={"iam:CreateGroup": new(Group, "GroupName")})
def create_group(call: Call, request: shapes.CreateGroupRequestTypeDef) -> Answer:
    """Make a group."""
    name, path = request["GroupName"], checked_path(request)
    check_quota("GroupsPerAccount", call.unit.count(Group) + 1)
    group = Group(
        account=call.account,
        name=name,
        folded=folded(name),
        path=path,
        unique_id=unique_id(GROUP),
        created_at=call.at,
    )
    add_named(call.unit, group)
    return {"Group": shown_group(group)}


@service.operation("GetGroup", needs={"iam:GetGroup": existing_group})
def get_group(call: Call, request: shapes.GetGroupRequestTypeDef) -> Answer:
    """Show a group and, by pages, the users in it."""
    group = find_group(call, request["GroupName"])
    return {"Group": shown_group(group)} | page_of_kind(
        call, request, "Users", User, render=partial(listed_user, call.unit), where=_members(group)
    )


@service.operation("ListGroups", needs={"iam:ListGroups": listed(Group)})
def list_groups(call: Call, request: shapes.ListGroupsRequestTypeDef) -> Answer:
    """List the account's groups whose path begins with a prefix."""
    return page_of_kind(call, request, "Groups", Group, render=shown_group, where=under_path(request))


@service.operation("UpdateGroup", needs={"iam:UpdateGroup": moved(Group, "GroupName")})
def update_group(call: Call, request: shapes.UpdateGroupRequestTypeDef) -> None:
    """Rename or move a group; its users and policies stay with it."""
    group = find_group(call, request["GroupName"])
    name = request.get("NewGroupName") or group.name
    path = checked_path(request, "NewPath") if "NewPath" in request else group.path
    if (name, path) == (group.name, group.path):
        return
    renamed = replace(group, name=name, folded=folded(name), path=path)
    if renamed.folded == group.folded:
        call.unit.save(renamed)
    else:
        _rekey(call, group, renamed)
    call.unit.raise_policy_generation()


def _rekey(call: Call, group: Group, renamed: Group) -> None:
    """Put a group under its new key, and tell its users."""
    add_named(call.unit, replace(renamed, revision=0))
    call.unit.remove(group)
    for user in call.unit.page(User, where=_members(group)):
        groups = tuple(renamed.folded if name == group.folded else name for name in user.groups)
        call.unit.save(replace(user, groups=groups))


@service.operation("DeleteGroup", needs={"iam:DeleteGroup": existing_group})
def delete_group(call: Call, request: shapes.DeleteGroupRequestTypeDef) -> None:
    """Delete a group that has neither users nor policies left."""
    group = find_group(call, request["GroupName"])
    for remains, what in (
        (call.unit.count(User, where=_members(group)), "remove users from group"),
        (group.inline_policies, "delete policies"),
        (group.attached_policies, "detach all policies"),
    ):
        if remains:
            raise ApiError("DeleteConflict", f"Cannot delete entity, must {what} first.")
    call.unit.remove(group)


@service.operation("AddUserToGroup", needs={"iam:AddUserToGroup": existing_group})
def add_user_to_group(call: Call, request: shapes.AddUserToGroupRequestTypeDef) -> None:
    """Put a user into a group; nothing changes where it is in it already."""
    group, user = find_group(call, request["GroupName"]), find_user(call, request["UserName"])
    if group.folded in user.groups:
        return
    check_quota("GroupsPerUser", len(user.groups) + 1)
    call.unit.save(replace(user, groups=(*user.groups, group.folded)))
    call.unit.raise_policy_generation()


@service.operation("RemoveUserFromGroup", needs={"iam:RemoveUserFromGroup": existing_group})
def remove_user_from_group(call: Call, request: shapes.RemoveUserFromGroupRequestTypeDef) -> None:
    """Take a user out of a group."""
    group, user = find_group(call, request["GroupName"]), find_user(call, request["UserName"])
    if group.folded not in user.groups:
        raise ApiError("NoSuchEntity", f"User {user.name} not in group {group.name}")
    call.unit.save(replace(user, groups=tuple(name for name in user.groups if name != group.folded)))
    call.unit.raise_policy_generation()


@service.operation("ListGroupsForUser", needs={"iam:ListGroupsForUser": existing_user}, context=values.of_user)
def list_groups_for_user(call: Call, request: shapes.ListGroupsForUserRequestTypeDef) -> Answer:
    """List the groups that a user is in."""
    user = find_user(call, request["UserName"])
    groups = [group for name in user.groups if (group := lookup(call.unit, Group, name)) is not None]
    return page_of(call, request, "Groups", groups, key=lambda group: group.folded, render=shown_group)
