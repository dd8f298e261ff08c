"""Access keys as credentials: issued, resolved to the principal that signs with them, and destroyed; also root's own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from garrison.errors import ApiError
from garrison.identifiers import access_key_id, secret_access_key
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.resources import AccessKey, User
from garrison.services.identity import Credential, Principal, Secret

if TYPE_CHECKING:
    from garrison.store import Unit

ROOT = ""
"""What root's access keys are kept under, where a user's keys are kept under its folded name."""


def root_arn(account: str) -> str:
    """The ARN of the account's root."""
    return f"arn:aws:iam::{account}:root"


def resolve_access_key(unit: Unit, key_id: str) -> Credential | None:
    """The credential of a long-term access key, or None where the key or its user is not there.

    A key that is not active is resolved too, with `is_active` false. The answer may be kept until the policy generation
    rises: status changes, deletions, renames and tag changes raise it.
    """
    key = unit.get(AccessKey, key_id)
    if key is None:
        return None
    principal = _principal(unit, key)
    if principal is None:
        return None
    return Credential(
        access_key_id=key_id,
        secret=Secret(unit.unseal(key.secret).decode()),
        principal=principal,
        is_active=key.is_active,
    )


def _principal(unit: Unit, key: AccessKey) -> Principal | None:
    if key.user == ROOT:
        return Principal(
            kind="Root",
            account=key.account,
            arn=root_arn(key.account),
            principal_id=key.account,
            access_key_id=key.access_key_id,
        )
    user = unit.get(User, key.user)
    if user is None:
        return None
    return Principal(
        kind="IAMUser",
        account=user.account,
        arn=user.arn,
        principal_id=user.unique_id,
        user_name=user.name,
        access_key_id=key.access_key_id,
        tags=user.tags,
    )


def keys_of_user(unit: Unit, folded: str) -> list[AccessKey]:
    """A user's access keys (root's under `ROOT`), oldest first."""
    keys = unit.page(AccessKey, where={"user": folded})
    return sorted(keys, key=lambda key: (key.created_at, key.access_key_id))


def issue_access_key(unit: Unit, account: str, folded: str, at: datetime) -> tuple[AccessKey, Secret]:
    """Make an access key for a user (for root under `ROOT`); the secret is sealed and shown this once."""
    check_quota("AccessKeysPerUser", len(keys_of_user(unit, folded)) + 1)
    secret = secret_access_key()
    key = AccessKey(
        account=account,
        access_key_id=access_key_id(account),
        user=folded,
        secret=unit.seal(secret.encode()),
        created_at=at,
    )
    unit.add(key)
    return key, Secret(secret)


def destroy_access_key(unit: Unit, key: AccessKey) -> None:
    """Delete an access key and its sealed secret, so that no earlier version of it can sign again."""
    unit.remove(key)
    unit.destroy(key.secret)
    unit.raise_policy_generation()


def create_root_access_key(unit: Unit, account: str, at: datetime) -> tuple[AccessKey, Secret]:
    """Make an access key of the account's root: only the operator does so, on the machine itself."""
    return issue_access_key(unit, account, ROOT, at)


def list_root_access_keys(unit: Unit) -> list[AccessKey]:
    """The access keys of the account's root, oldest first."""
    return keys_of_user(unit, ROOT)


def delete_root_access_key(unit: Unit, key_id: str) -> None:
    """Delete an access key of the account's root."""
    destroy_access_key(unit, find_key(unit, ROOT, key_id))


def find_key(unit: Unit, folded: str, key_id: str) -> AccessKey:
    """An access key of this user; NoSuchEntity where there is none or where it belongs to another."""
    key = unit.get(AccessKey, key_id)
    if key is None or key.user != folded:
        raise no_such_key(key_id)
    return key


def no_such_key(key_id: str) -> ApiError:
    """NoSuchEntity in AWS's words."""
    return ApiError("NoSuchEntity", f"The Access Key with id {key_id} cannot be found.")
