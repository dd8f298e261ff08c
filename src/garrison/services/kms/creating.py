"""CreateKey: a key of a kind and a use, with its policy, and its material made before the transaction that keeps it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.crypto import NewMaterial, spec_of
from garrison.services.kms.condition_values import request_values
from garrison.services.kms.custom_key_stores import HSMS_TO_MAKE_KEYS, find_store, wrong_state
from garrison.services.kms.describing import SYMMETRIC, key_metadata
from garrison.services.kms.failures import invalid, limit_exceeded, unsupported
from garrison.services.kms.hsm_clusters import active_cluster
from garrison.services.kms.materials import keep_material, prepare_material
from garrison.services.kms.policies import default_policy, with_policy
from garrison.services.kms.resources import Key, key_arn
from garrison.services.kms.service import service
from garrison.services.kms.tag_rules import checked_tags, tag_values

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_KEYS = 100_000
"""Of an account and region (KMS developer guide, "Resource quotas")."""


def _tagged(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    return (key_arn(call.region, call.account, "*"),) if request.get("Tags") else ()


def _values(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    spec, usage, origin = _kind(request)
    values = {"kms:KeySpec": spec, "kms:KeyUsage": usage, "kms:KeyOrigin": origin, "kms:MultiRegion": False}
    values["kms:MultiRegion"] = bool(request.get("MultiRegion"))
    return values | request_values(call, request, "kms:CreateKey") | tag_values(request)


def _prepare(call: Call, request: Mapping[str, Any]) -> None:
    """Make the key's material, once everything that the request alone can be wrong about is right."""
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        key = _draft(call, request)
    call.evidence = (key, None if key.origin == "EXTERNAL" else prepare_material(call, key))


@service.operation(
    "CreateKey", needs={"kms:CreateKey": "*", "kms:TagResource": _tagged}, context=_values, prepare=_prepare
)
def create_key(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A new key."""
    if call.unit.count(Key) >= MOST_KEYS:
        raise limit_exceeded(f"The account has {MOST_KEYS} keys in this region, the most that there may be.")
    draft: tuple[Key, NewMaterial | None] = call.evidence
    key, material = call.unit.add(draft[0]), draft[1]
    if material is not None:
        keep_material(call.unit, key, 0, material, call.at)
    call.resources.append({"ARN": key.arn, "accountId": key.account, "type": Key.resource_type})
    return {"KeyMetadata": key_metadata(call.unit, key)}


def _draft(call: Call, request: Mapping[str, Any]) -> Key:
    """The key that a request describes."""
    spec, usage, origin = _kind(request)
    _check_kind(request, spec, usage, origin)
    key = Key(
        account=call.account,
        region=call.region,
        id=str(uuid.uuid4()),
        created_at=call.at,
        spec=spec,
        usage=usage,
        policy=default_policy(call.account),
        description=request.get("Description") or "",
        origin=origin,
        key_store=request.get("CustomKeyStoreId"),
        current=None if origin == "EXTERNAL" else 0,
        tags=checked_tags(request.get("Tags") or ()),
    )
    if key.key_store is not None:
        _check_store(call, key.key_store)
    if not request.get("Policy"):
        return key
    bypasses = bool(request.get("BypassPolicyLockoutSafetyCheck"))
    return with_policy(call, key, request["Policy"], bypasses_check=bypasses)


def _kind(request: Mapping[str, Any]) -> tuple[str, str, str]:
    spec = request.get("KeySpec") or request.get("CustomerMasterKeySpec") or SYMMETRIC
    return spec, request.get("KeyUsage") or "ENCRYPT_DECRYPT", request.get("Origin") or "AWS_KMS"


def _check_kind(request: Mapping[str, Any], name: str, usage: str, origin: str) -> None:
    if request.get("KeySpec") and request.get("CustomerMasterKeySpec"):
        raise invalid(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated."
        )
    if request.get("MultiRegion"):
        raise unsupported("Multi-Region keys are not built here.")
    if origin == "EXTERNAL_KEY_STORE" or request.get("XksKeyId"):
        raise unsupported("External key stores are not built here.")
    spec = spec_of(name)
    if spec is None:
        raise unsupported(f"Keys of the key spec {name} are not built here.")
    if name != SYMMETRIC and not request.get("KeyUsage"):
        raise invalid("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
    if usage not in spec.uses:
        raise invalid(f"KeyUsage {usage} is not compatible with KeySpec {name}")
    if (origin == "AWS_CLOUDHSM") != bool(request.get("CustomKeyStoreId")):
        raise invalid("Origin AWS_CLOUDHSM and CustomKeyStoreId are given together, or neither.")
    if origin == "AWS_CLOUDHSM" and name != SYMMETRIC:
        raise unsupported("A custom key store has symmetric encryption keys only.")


def _check_store(call: Call, store_id: str) -> None:
    store = find_store(call, store_id)
    if store.connection != "CONNECTED":
        raise wrong_state(store)
    active_cluster(call, store.cluster, HSMS_TO_MAKE_KEYS)
