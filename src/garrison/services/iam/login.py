"""Passwords through IAM: login profiles made, shown, changed and deleted, and users changing their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.policy import PolicyKind, ResourcePolicy
from garrison.services.iam.attempts import count_failure, forget_failures, is_blocked
from garrison.services.iam.holders import Holder, changed_holder, holder, holder_arn
from garrison.services.iam.login_profiles import (
    LoginProfile,
    account_rules,
    add_profile,
    digests_of,
    profile_of,
    remove_profile,
    with_password,
)
from garrison.services.iam.passwords import digest, same
from garrison.services.iam.service import service
from garrison.services.policy_sources import source_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]

_CHANGES = "password-change"
"""The namespace of wrong old passwords."""


def _changed(call: Call, request: Mapping[str, Any]) -> Holder:
    return changed_holder(call, request, "The password", "garrison root set-password")


def _existing(call: Call, held: Holder) -> LoginProfile:
    profile = profile_of(call.unit, held.principal_id)
    if profile is None:
        raise ApiError("NoSuchEntity", f"Login Profile for User {held.user_name or 'root'} cannot be found.")
    return profile


def _shown(held: Holder, profile: LoginProfile) -> Answer:
    return {
        "UserName": held.user_name or "root",
        "CreateDate": profile.created_at.replace(microsecond=0),
        "PasswordResetRequired": profile.is_reset_required,
    }


@service.operation("CreateLoginProfile", needs={"iam:CreateLoginProfile": holder_arn}, hidden=("password",))
def create_login_profile(call: Call, request: shapes.CreateLoginProfileRequestTypeDef) -> Answer:
    """Give a user a password, or root on the machine itself."""
    held = _changed(call, request)
    if profile_of(call.unit, held.principal_id) is not None:
        raise ApiError("EntityAlreadyExists", f"Login Profile for user {held.user_name or 'root'} already exists.")
    if "Password" not in request:
        raise ApiError("ValidationError", "Must specify password when creating a login profile.")
    profile = add_profile(
        call.unit,
        held.principal_id,
        request["Password"],
        is_reset_required=bool(request.get("PasswordResetRequired")),
    )
    return {"LoginProfile": _shown(held, profile)}


@service.operation("GetLoginProfile", needs={"iam:GetLoginProfile": holder_arn})
def get_login_profile(call: Call, request: shapes.GetLoginProfileRequestTypeDef) -> Answer:
    """Say whether a user has a password, and since when."""
    held = holder(call, request)
    return {"LoginProfile": _shown(held, _existing(call, held))}


@service.operation("UpdateLoginProfile", needs={"iam:UpdateLoginProfile": holder_arn}, hidden=("password",))
def update_login_profile(call: Call, request: shapes.UpdateLoginProfileRequestTypeDef) -> None:
    """Set a user's password, or whether it must be changed at the next sign-in."""
    held = _changed(call, request)
    profile = _existing(call, held)
    if "Password" in request:
        profile = replace(with_password(call.unit, profile, request["Password"]), is_reset_required=False)
    if "PasswordResetRequired" in request:
        profile = replace(profile, is_reset_required=request["PasswordResetRequired"])
    call.unit.save(profile)


@service.operation("DeleteLoginProfile", needs={"iam:DeleteLoginProfile": holder_arn})
def delete_login_profile(call: Call, request: shapes.DeleteLoginProfileRequestTypeDef) -> None:
    """Take a user's password away: its access keys stay."""
    remove_profile(call.unit, _existing(call, _changed(call, request)))


def users_may_change(call: Call, request: Mapping[str, Any], resource: str) -> ResourcePolicy | None:
    """What AllowUsersToChangePassword grants: to each user what concerns its own password, unless a policy denies it."""
    caller = call.principal
    if caller.kind != "IAMUser" or not account_rules(call.unit, caller.principal_id).users_may_change:
        return None
    statement = {
        "Sid": "AllowUsersToChangePassword",
        "Effect": "Allow",
        "Principal": {"AWS": caller.arn},
        "Action": ["iam:ChangePassword", "iam:GetAccountPasswordPolicy"],
        "Resource": resource,
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return ResourcePolicy(source_of(PolicyKind.RESOURCE, "account-password-policy", text))


def _own_arn(call: Call, request: Mapping[str, Any]) -> str:
    return call.principal.policy_arn


@service.operation(
    "ChangePassword",
    needs={"iam:ChangePassword": _own_arn},
    resource_policy=users_may_change,
    hidden=("oldPassword", "newPassword"),
)
def change_password(call: Call, request: shapes.ChangePasswordRequestTypeDef) -> None:
    """Change the caller's own password, proved by the old one."""
    if call.principal.kind != "IAMUser" or call.principal.user_name is None:
        raise ApiError("InvalidUserType", "Only IAM users can change their own passwords.")
    held = Holder(call.principal.principal_id, call.principal.user_name)
    profile = _existing(call, held)
    known = digests_of(call.unit, profile)
    is_right = same(digest(request["OldPassword"], known.salt), known.newest_first[0])
    if is_blocked(call.unit, _CHANGES, held.principal_id) or not is_right:
        count_failure(call.unit, _CHANGES, held.principal_id)
        call.keeps_refusal = True
        raise ApiError("AccessDenied", "The old password was incorrect.", status=403)
    forget_failures(call.unit, _CHANGES, held.principal_id)
    changed = with_password(call.unit, profile, request["NewPassword"])
    call.unit.save(replace(changed, is_reset_required=False))
