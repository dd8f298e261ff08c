"""GetKeyPolicy, PutKeyPolicy and ListKeyPolicies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.kms.declaring import key_operation
from garrison.services.kms.failures import not_found
from garrison.services.kms.finding import find_key
from garrison.services.kms.paging import position
from garrison.services.kms.policies import POLICY_NAME, policy_in_force, with_policy

if TYPE_CHECKING:
    from garrison.services.call import Call


@key_operation("GetKeyPolicy")
def get_key_policy(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A key's policy, as it was given but for those in it that have gone."""
    _check_name(request)
    return {"Policy": policy_in_force(call.unit, find_key(call, request["KeyId"])), "PolicyName": POLICY_NAME}


@key_operation("PutKeyPolicy")
def put_key_policy(call: Call, request: Mapping[str, Any]) -> None:
    """Give a key another policy."""
    _check_name(request)
    key = find_key(call, request["KeyId"])
    bypasses = bool(request.get("BypassPolicyLockoutSafetyCheck"))
    call.unit.save(with_policy(call, key, request["Policy"], bypasses_check=bypasses))
    call.unit.raise_policy_generation()


@key_operation("ListKeyPolicies")
def list_key_policies(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The names of a key's policies: it has one."""
    find_key(call, request["KeyId"])
    position(call, request)
    return {"PolicyNames": [POLICY_NAME], "Truncated": False}


def _check_name(request: Mapping[str, Any]) -> None:
    if (request.get("PolicyName") or POLICY_NAME) != POLICY_NAME:
        raise not_found("No such policy exists")
