"""IAM users: made, shown, renamed, tagged, bounded and deleted."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import iam_arn
from garrison.errors import ApiError
from garrison.identifiers import USER, unique_id
from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import (
    existing_user,
    listed,
    moved,
    named_user_resource,
    new,
    new_with_tags,
    user_or_caller,
)
from garrison.services.iam.boundaries import checked_boundary, shown_boundary
from garrison.services.iam.credentials import keys_of_user
from garrison.services.iam.login_profiles import has_passwords, password_last_used, profile_of
from garrison.services.iam.mfa_devices import devices_of
from garrison.services.iam.naming import (
    add_named,
    caller_is_root,
    checked_path,
    find_user,
    folded,
    user_name,
)
from garrison.services.iam.paging import page_of_kind, under_path
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.resources import Account, User
from garrison.services.iam.service import service
from garrison.services.iam.service_credentials import service_credentials_of
from garrison.services.iam.signing_certificates import signing_certificates_of
from garrison.services.iam.ssh_keys import ssh_keys_of
from garrison.services.iam.tags import checked_tags, merged_tags, page_of_tags, remaining_tags, shown_tags

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

Answer = dict[str, Any]


def listed_user(unit: Unit, user: User) -> Answer:
    """A user as listings show it: without tags and permissions boundary, as in AWS."""
    used_at = password_last_used(unit, user.unique_id)
    return _plain_user(user) | ({"PasswordLastUsed": used_at} if used_at is not None else {})


def _plain_user(user: User) -> Answer:
    """What only a change of the user itself changes: made once, and shared by all answers, which must not change it."""
    return _plain_fields(user.account, user.path, user.name, user.unique_id, user.created_at)


@lru_cache(maxsize=16_384)
def _plain_fields(account: str, path: str, name: str, unique_id: str, created_at: datetime) -> Answer:
    return {
        "Path": path,
        "UserName": name,
        "UserId": unique_id,
        "Arn": iam_arn(account, User.kind, path, name),
        "CreateDate": created_at.replace(microsecond=0),
    }


def shown_user(unit: Unit, user: User) -> Answer:
    """A user as CreateUser and GetUser show it."""
    shown = listed_user(unit, user) | shown_boundary(user.permissions_boundary)
    if user.tags:
        shown["Tags"] = shown_tags(user.tags)
    return shown


def _context_of_creation(call: Call, request: shapes.CreateUserRequestTypeDef) -> Answer:
    return values.request_tags(request) | values.permissions_boundary(request.get("PermissionsBoundary"))


@service.operation(
    "CreateUser",
    needs={"iam:CreateUser": new(User, "UserName"), "iam:TagUser": new_with_tags(User, "UserName")},
    context=_context_of_creation,
)
def create_user(call: Call, request: shapes.CreateUserRequestTypeDef) -> Answer:
    """Make a user, without credentials or policies."""
    name = request["UserName"]
    path, tags = checked_path(request), checked_tags(request.get("Tags"))
    boundary = checked_boundary(call, request.get("PermissionsBoundary"))
    check_quota("UsersPerAccount", call.unit.count(User) + 1)
    user = User(
        account=call.account,
        name=name,
        folded=folded(name),
        path=path,
        unique_id=unique_id(USER),
        created_at=call.at,
        permissions_boundary=boundary,
        tags=tags,
    )
    add_named(call.unit, user)
    return {"User": shown_user(call.unit, user)}


@service.operation("GetUser", needs={"iam:GetUser": user_or_caller}, context=values.of_user)
def get_user(call: Call, request: shapes.GetUserRequestTypeDef) -> Answer:
    """Show a user, or the caller; root sees the account."""
    if "UserName" not in request and caller_is_root(call):
        account = call.unit.get(Account, call.account)
        root: Answer = {"UserId": call.account, "Arn": call.principal.arn}
        if (used_at := password_last_used(call.unit, call.account)) is not None:
            root["PasswordLastUsed"] = used_at
        return {
            "User": root | ({"CreateDate": account.created_at.replace(microsecond=0)} if account is not None else {})
        }
    return {"User": shown_user(call.unit, find_user(call, user_name(call, request)))}


@service.operation("ListUsers", needs={"iam:ListUsers": listed(User)})
def list_users(call: Call, request: shapes.ListUsersRequestTypeDef) -> Answer:
    """List the account's users whose path begins with a prefix."""
    render = partial(listed_user, call.unit) if has_passwords(call.unit) else _plain_user
    return page_of_kind(call, request, "Users", User, render=render, where=under_path(request))


@service.operation("UpdateUser", needs={"iam:UpdateUser": moved(User, "UserName")}, context=values.of_user)
def update_user(call: Call, request: shapes.UpdateUserRequestTypeDef) -> None:
    """Rename or move a user; its groups, policies and keys go with it."""
    user = find_user(call, request["UserName"])
    name = request.get("NewUserName") or user.name
    path = checked_path(request, "NewPath") if "NewPath" in request else user.path
    if (name, path) == (user.name, user.path):
        return
    renamed = replace(user, name=name, folded=folded(name), path=path)
    if renamed.folded == user.folded:
        call.unit.save(renamed)
    else:
        _rekey(call, user, renamed)
    call.unit.raise_policy_generation()


def _rekey(call: Call, user: User, renamed: User) -> None:
    """Put a user and its access keys under its new key."""
    add_named(call.unit, replace(renamed, revision=0))
    call.unit.remove(user)
    for key in keys_of_user(call.unit, user.folded):
        call.unit.save(replace(key, user=renamed.folded))


@service.operation("DeleteUser", needs={"iam:DeleteUser": existing_user}, context=values.of_user)
def delete_user(call: Call, request: shapes.DeleteUserRequestTypeDef) -> None:
    """Delete a user that has no credential of any kind, no policies and no groups left."""
    user = find_user(call, request["UserName"])
    for remains, what in (
        (keys_of_user(call.unit, user.folded), "delete access keys"),
        (profile_of(call.unit, user.unique_id), "delete login profile"),
        (devices_of(call.unit, user.unique_id), "delete MFA device"),
        (signing_certificates_of(call.unit, user.unique_id), "delete signing certificates"),
        (ssh_keys_of(call.unit, user.unique_id), "delete SSH public keys"),
        (service_credentials_of(call.unit, user.unique_id), "delete service specific credentials"),
        (user.inline_policies, "delete policies"),
        (user.attached_policies, "detach all policies"),
        (user.groups, "remove users from group"),
    ):
        if remains:
            raise ApiError("DeleteConflict", f"Cannot delete entity, must {what} first.")
    call.unit.remove(user)
    call.unit.raise_policy_generation()


@service.operation("TagUser", needs={"iam:TagUser": existing_user}, context=values.of_tagging(named_user_resource))
def tag_user(call: Call, request: shapes.TagUserRequestTypeDef) -> None:
    """Add tags to a user, or change them."""
    user = find_user(call, request["UserName"])
    _save_tags(call, user, merged_tags(user.tags, checked_tags(request["Tags"])))


@service.operation("UntagUser", needs={"iam:UntagUser": existing_user}, context=values.of_tagging(named_user_resource))
def untag_user(call: Call, request: shapes.UntagUserRequestTypeDef) -> None:
    """Remove tags from a user."""
    user = find_user(call, request["UserName"])
    _save_tags(call, user, remaining_tags(user.tags, request["TagKeys"]))


def _save_tags(call: Call, user: User, tags: dict[str, str]) -> None:
    if tags != user.tags:
        call.unit.save(replace(user, tags=tags))
        call.unit.raise_policy_generation()


@service.operation("ListUserTags", needs={"iam:ListUserTags": existing_user}, context=values.of_user)
def list_user_tags(call: Call, request: shapes.ListUserTagsRequestTypeDef) -> Answer:
    """List a user's tags."""
    return page_of_tags(call, request, find_user(call, request["UserName"]).tags)


def _context_of_bounding(call: Call, request: shapes.PutUserPermissionsBoundaryRequestTypeDef) -> Answer:
    return values.of_user(call, request) | values.permissions_boundary(request["PermissionsBoundary"])


@service.operation(
    "PutUserPermissionsBoundary",
    needs={"iam:PutUserPermissionsBoundary": existing_user},
    context=_context_of_bounding,
)
def put_user_permissions_boundary(call: Call, request: shapes.PutUserPermissionsBoundaryRequestTypeDef) -> None:
    """Limit what a user's policies can grant to what a managed policy grants."""
    user = find_user(call, request["UserName"])
    _save_boundary(call, user, checked_boundary(call, request["PermissionsBoundary"]))


@service.operation(
    "DeleteUserPermissionsBoundary",
    needs={"iam:DeleteUserPermissionsBoundary": existing_user},
    context=values.of_bounded_user,
)
def delete_user_permissions_boundary(call: Call, request: shapes.DeleteUserPermissionsBoundaryRequestTypeDef) -> None:
    """Take a user's permissions boundary away; nothing changes where it has none."""
    user = find_user(call, request["UserName"])
    _save_boundary(call, user, None)


def _save_boundary(call: Call, user: User, boundary: str | None) -> None:
    if boundary != user.permissions_boundary:
        call.unit.save(replace(user, permissions_boundary=boundary))
        call.unit.raise_policy_generation()
