"""Access keys of users: made, listed, switched off and on, deleted, and when they were last used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import user_of_key, user_or_caller
from garrison.services.iam.credentials import (
    ROOT,
    destroy_access_key,
    find_key,
    issue_access_key,
    keys_of_user,
    no_such_key,
)
from garrison.services.iam.naming import caller_is_root, find_user, user_name
from garrison.services.iam.paging import page_of
from garrison.services.iam.resources import AccessKey, User
from garrison.services.iam.service import service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]

ROOT_KEYS_ARE_LOCAL = (
    "Access keys of the account's root are made only on the server itself, with the command 'garrison root'."
)
NEVER = {"ServiceName": "N/A", "Region": "N/A"}
"""What GetAccessKeyLastUsed shows for a key that was never used (API reference, AccessKeyLastUsed)."""


def _holder(call: Call, request: Mapping[str, Any]) -> tuple[str, Answer]:
    """Whose keys the request is about: the key they are kept under, and the UserName that answers show."""
    if "UserName" not in request and caller_is_root(call):
        return ROOT, {}
    user = find_user(call, user_name(call, request))
    return user.folded, {"UserName": user.name}


def _shown(key: AccessKey) -> Answer:
    return {
        "AccessKeyId": key.access_key_id,
        "Status": "Active" if key.is_active else "Inactive",
        "CreateDate": key.create_date,
    }


@service.operation(
    "CreateAccessKey",
    needs={"iam:CreateAccessKey": user_or_caller},
    context=values.of_user,
    hidden=("accessKey.secretAccessKey",),
)
def create_access_key(call: Call, request: shapes.CreateAccessKeyRequestTypeDef) -> Answer:
    """Make an access key; this answer is the only one that shows its secret."""
    holder, shown_name = _holder(call, request)
    if holder == ROOT and not call.is_local:
        raise ApiError("AccessDenied", ROOT_KEYS_ARE_LOCAL, status=403)
    key, secret = issue_access_key(call.unit, call.account, holder, call.at)
    return {"AccessKey": shown_name | _shown(key) | {"SecretAccessKey": secret.reveal()}}


@service.operation("ListAccessKeys", needs={"iam:ListAccessKeys": user_or_caller}, context=values.of_user)
def list_access_keys(call: Call, request: shapes.ListAccessKeysRequestTypeDef) -> Answer:
    """List a user's access keys, or the caller's own."""
    holder, shown_name = _holder(call, request)
    return page_of(
        call,
        request,
        "AccessKeyMetadata",
        keys_of_user(call.unit, holder),
        key=lambda key: f"{key.created_at.isoformat()} {key.access_key_id}",
        render=lambda key: shown_name | _shown(key),
    )


@service.operation("UpdateAccessKey", needs={"iam:UpdateAccessKey": user_or_caller}, context=values.of_user)
def update_access_key(call: Call, request: shapes.UpdateAccessKeyRequestTypeDef) -> None:
    """Switch an access key on or off."""
    holder, _ = _holder(call, request)
    key = find_key(call.unit, holder, request["AccessKeyId"])
    if request["Status"] not in ("Active", "Inactive"):
        raise ApiError("ValidationError", "The status of an access key can be set to Active or Inactive only.")
    is_active = request["Status"] == "Active"
    if is_active != key.is_active:
        call.unit.save(replace(key, is_active=is_active))
        call.unit.raise_policy_generation()


@service.operation("DeleteAccessKey", needs={"iam:DeleteAccessKey": user_or_caller}, context=values.of_user)
def delete_access_key(call: Call, request: shapes.DeleteAccessKeyRequestTypeDef) -> None:
    """Delete an access key; its secret is destroyed."""
    holder, _ = _holder(call, request)
    destroy_access_key(call.unit, find_key(call.unit, holder, request["AccessKeyId"]))


def _of_user_of_key(call: Call, request: shapes.GetAccessKeyLastUsedRequestTypeDef) -> Answer:
    key = call.unit.get(AccessKey, request["AccessKeyId"])
    user = call.unit.get(User, key.user) if key is not None else None
    return values.resource_tags(user.tags) if user is not None else {}


@service.operation("GetAccessKeyLastUsed", needs={"iam:GetAccessKeyLastUsed": user_of_key}, context=_of_user_of_key)
def get_access_key_last_used(call: Call, request: shapes.GetAccessKeyLastUsedRequestTypeDef) -> Answer:
    """Say when, for which service and where an access key was last used."""
    key = call.unit.get(AccessKey, request["AccessKeyId"])
    if key is None:
        raise no_such_key(request["AccessKeyId"])
    used = call.parts.recent.last_used(key.access_key_id)
    shown = {"LastUsedDate": used.at, "ServiceName": used.service, "Region": used.region} if used else NEVER
    user = call.unit.get(User, key.user)
    return {"AccessKeyLastUsed": shown} | ({"UserName": user.name} if user is not None else {})
