"""RetireGrant: a grant given up by who is named in it to do so, by its grantee where it says so, or by who gave it.

KMS developer guide, "Retiring and revoking grants". The permission is the grant's own; the key's policy can give it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.kms.access import joined_policy, key_context
from garrison.services.kms.condition_values import grant_values
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.failures import invalid
from garrison.services.kms.finding import find_key, key_of_arn, lookup_key
from garrison.services.kms.grant_rights import Right, means
from garrison.services.kms.grant_tokens import granted_by
from garrison.services.kms.grants import check_dry_run, find_grant
from garrison.services.kms.policies import policy_in_force

if TYPE_CHECKING:
    from garrison.policy import ResourcePolicy
    from garrison.services.call import Call
    from garrison.services.kms.resources import Grant, Key

_RETIRE = "RetireGrant"


def _meant(call: Call, request: Mapping[str, Any]) -> tuple[Key, Grant]:
    """The grant of a token, or of a key and an id."""
    token, key_id, grant_id = request.get("GrantToken"), request.get("KeyId"), request.get("GrantId")
    if token and not key_id and not grant_id:
        grant = granted_by(call, token)
        return lookup_key(call, f"arn:aws:kms:{grant.region}:{grant.account}:key/{grant.key_id}"), grant
    if token or not key_id or not grant_id:
        raise invalid("Specify either GrantToken, or both KeyId and GrantId.")
    key = lookup_key(call, key_id, takes_alias=False)
    return key, find_grant(call, key, grant_id)


def _key(call: Call, request: Mapping[str, Any]) -> str:
    return _meant(call, request)[0].arn


def _context(call: Call, request: Mapping[str, Any], action: str, arn: str) -> dict[str, Any]:
    grant = _meant(call, request)[1]
    constraints = {"EncryptionContextEquals": grant.context_equals, "EncryptionContextSubset": grant.context_subset}
    return key_context(call, request, action, arn) | grant_values(constraints)


def _policy(call: Call, request: Mapping[str, Any], arn: str) -> ResourcePolicy | None:
    grant, key = _meant(call, request)[1], key_of_arn(call.unit, arn)
    if key is None:
        return None
    able = [grant.issuer]
    able += [grant.retiring] if grant.retiring and means(call, grant.retiring, grant.retiring_id) else []
    able += [grant.grantee] if _RETIRE in grant.operations and means(call, grant.grantee, grant.grantee_id) else []
    return joined_policy(
        arn, policy_in_force(call.unit, key), [Right(replace(grant, grantee=name), (_RETIRE,)) for name in able]
    )


@key_operation(_RETIRE, on=_key, context=_context, resource_policy=_policy)
def retire_grant(call: Call, request: Mapping[str, Any]) -> None:
    """Give a grant up."""
    key, grant = _meant(call, request)
    find_key(call, key.arn)
    check_dry_run(request)
    call.unit.remove(grant)
    call.unit.raise_policy_generation(key.account)
