"""Users, and the groups that they are in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import TagStyle, Work, kind
from garrison.services.iam.cloudformation.holders import GONE, Holder

_USER = Holder("User")

user = kind(
    "AWS::IAM::User",
    "Groups LoginProfile ManagedPolicyArns Path PermissionsBoundary Policies UserName",
    create_only="UserName",
    attributes="Arn",
    name_property="UserName",
    tags=TagStyle.OF_STACK,
    gone=GONE,
    write_only="LoginProfile",
)


@user.create
def create_user(work: Work) -> None:
    """The user, with its policies, groups and password."""
    answer = work.call(
        "iam",
        "CreateUser",
        UserName=work.name("UserName", 64),
        Tags=work.listed("Tags") or None,
        **work.given("Path", "PermissionsBoundary"),
    )["User"]
    work.made(answer["UserName"], Arn=answer["Arn"])
    _USER.put_policies(work)
    for group in work.listed("Groups"):
        _USER.call(work, "AddUserToGroup", GroupName=group)
    if work.properties.get("LoginProfile"):
        _USER.call(work, "CreateLoginProfile", **work.properties["LoginProfile"])


@user.update
def update_user(work: Work) -> None:
    """What is other now."""
    if work.has_changed("Path"):
        _USER.call(work, "UpdateUser", NewPath=work.text("Path", "/"))
        work.made(work.physical_id, Arn=_USER.call(work, "GetUser")["User"]["Arn"])
    _USER.change_boundary(work)
    _USER.change_policies(work)
    added, removed = work.changes("Groups")
    for group in added:
        _USER.call(work, "AddUserToGroup", GroupName=group)
    for group in removed:
        _USER.call_if_there(work, "RemoveUserFromGroup", GroupName=group)
    if work.has_changed("LoginProfile"):
        _change_login(work)
    _USER.change_tags(work)


def _change_login(work: Work) -> None:
    before, after = work.before.get("LoginProfile"), work.properties.get("LoginProfile")
    if not after:
        _USER.call_if_there(work, "DeleteLoginProfile")
    elif before:
        _USER.call(work, "UpdateLoginProfile", **after)
    else:
        _USER.call(work, "CreateLoginProfile", **after)


@user.delete
def delete_user(work: Work) -> None:
    """The user; what the stack has given it goes before."""
    for group in work.listed("Groups"):
        _USER.call_if_there(work, "RemoveUserFromGroup", GroupName=group)
    _USER.remove_policies(work)
    if work.properties.get("LoginProfile"):
        _USER.call_if_there(work, "DeleteLoginProfile")
    _USER.call(work, "DeleteUser")


@user.read
def read_user(work: Work) -> Mapping[str, Any] | None:
    """What it is now."""
    answer = _USER.call_if_there(work, "GetUser")
    if answer is None:
        return None
    found = answer["User"]
    return {
        "UserName": found["UserName"],
        "Path": found["Path"],
        "PermissionsBoundary": (found.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
        "Groups": [one["GroupName"] for one in _USER.call(work, "ListGroupsForUser")["Groups"]],
        "Tags": found.get("Tags") or [],
    } | _USER.shown_policies(work)


membership = kind(
    "AWS::IAM::UserToGroupAddition",
    "GroupName Users",
    required="GroupName Users",
    gone=GONE,
    create_only="GroupName",
)


@membership.create
def create_membership(work: Work) -> None:
    """The users are in the group."""
    work.made(work.generated_name(128))
    for name in work.listed("Users"):
        work.call("iam", "AddUserToGroup", GroupName=work.text("GroupName"), UserName=name)


@membership.update
def update_membership(work: Work) -> None:
    """Other users."""
    added, removed = work.changes("Users")
    for name in added:
        work.call("iam", "AddUserToGroup", GroupName=work.text("GroupName"), UserName=name)
    for name in removed:
        work.call_if_there("iam", "RemoveUserFromGroup", GroupName=work.text("GroupName"), UserName=name)


@membership.delete
def delete_membership(work: Work) -> None:
    """The users are out of the group."""
    for name in work.listed("Users"):
        work.call_if_there("iam", "RemoveUserFromGroup", GroupName=work.text("GroupName"), UserName=name)
