"""CreateGrant and RevokeGrant: permissions on a key that a call gives and takes. KMS developer guide, "Grants in AWS KMS"."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import iam_arn
from garrison.errors import ApiError
from garrison.services.iam.trust import unique_id_of
from garrison.services.kms.access import key_context, needed_key_by_id
from garrison.services.kms.condition_values import grant_values
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.failures import limit_exceeded, not_found
from garrison.services.kms.finding import find_key
from garrison.services.kms.grant_rules import checked_constraints, checked_operations, checked_principals
from garrison.services.kms.grant_tokens import grant_token
from garrison.services.kms.resources import Grant, Key
from garrison.services.kms.states import check_enabled

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_GRANTS = 50_000
"""Of a key (KMS developer guide, "Resource quotas")."""
_ID_DIGITS = 64


def _asked(call: Call, request: Mapping[str, Any], action: str, arn: str) -> dict[str, Any]:
    constraints = request.get("Constraints") or {}
    values = key_context(call, request, action, arn) | grant_values(constraints)
    for member in ("GranteePrincipal", "RetiringPrincipal", "GranteeServicePrincipal", "RetiringServicePrincipal"):
        if request.get(member):
            values[f"kms:{member}"] = request[member]
    values["kms:GrantOperations"] = list(request["Operations"])
    return values | for_service(call)


def _revoked(call: Call, request: Mapping[str, Any], action: str, arn: str) -> dict[str, Any]:
    return key_context(call, request, action, arn) | for_service(call)


def for_service(call: Call) -> dict[str, Any]:
    """Whether a service asks, on behalf of its user or for itself."""
    return {"kms:GrantIsForAWSResource": call.principal.invoked_by is not None}


@key_operation("CreateGrant", on=needed_key_by_id, context=_asked)
def create_grant(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Give a principal a permission; the same again under the same name is the grant that is there."""
    key = find_key(call, request["KeyId"], takes_alias=False)
    check_enabled(key)
    wanted = _draft(call, key, request)
    check_dry_run(request)
    grant = _existing(call, key, wanted)
    if grant is None:
        if call.unit.count(Grant, {"key_id": key.id}, account=key.account) >= MOST_GRANTS:
            raise limit_exceeded(f"{key.arn} has {MOST_GRANTS} grants, the most that there may be.")
        grant = call.unit.add(wanted)
    return {"GrantToken": grant_token(call, grant), "GrantId": grant.id}


@key_operation("RevokeGrant", on=needed_key_by_id, context=_revoked)
def revoke_grant(call: Call, request: Mapping[str, Any]) -> None:
    """Take a permission back."""
    key = find_key(call, request["KeyId"], takes_alias=False)
    grant = find_grant(call, key, request["GrantId"])
    check_dry_run(request)
    call.unit.remove(grant)
    call.unit.raise_policy_generation(key.account)


def find_grant(call: Call, key: Key, grant_id: str) -> Grant:
    """The grant of an id on a key."""
    if not (len(grant_id) == _ID_DIGITS and set(grant_id) <= set("0123456789abcdef")):
        raise ApiError("InvalidGrantIdException", f"The grant id {grant_id[:128]} is not valid.")
    grant = call.unit.get(Grant, key.id, grant_id, account=key.account)
    if grant is None:
        raise not_found(f"Grant ID {grant_id} not found")
    return grant


def check_dry_run(request: Mapping[str, Any]) -> None:
    """End a dry run, which would have succeeded."""
    if request.get("DryRun"):
        message = "The request would have succeeded, but the DryRun option is set."
        raise ApiError("DryRunOperationException", message)


def _draft(call: Call, key: Key, request: Mapping[str, Any]) -> Grant:
    grantee, retiring = checked_principals(call, request)
    return Grant(
        account=key.account,
        region=key.region,
        key_id=key.id,
        id=secrets.token_hex(_ID_DIGITS // 2),
        grantee=grantee,
        retiring=retiring,
        grantee_id=_unique_id(call, grantee),
        retiring_id=_unique_id(call, retiring),
        operations=checked_operations(key, request["Operations"]),
        created_at=call.at,
        issuer=iam_arn(call.account, "root", "", ""),
        name=request.get("Name") or "",
        **checked_constraints(key, request.get("Constraints") or {}),
    )


def _unique_id(call: Call, name: str | None) -> str | None:
    return unique_id_of(call.unit, name) if name is not None and name.startswith("arn:") else None


def _existing(call: Call, key: Key, wanted: Grant) -> Grant | None:
    if not wanted.name:
        return None
    named = call.unit.page(Grant, where={"name": wanted.name, "key_id": key.id}, account=key.account)
    for grant in named:
        same = replace(wanted, id=grant.id, created_at=grant.created_at, revision=grant.revision)
        if same == replace(grant, operations=wanted.operations) and set(grant.operations) == set(wanted.operations):
            return grant
    return None
