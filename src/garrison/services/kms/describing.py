"""DescribeKey and ListKeys: what is told of a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.crypto import KeyUsage
from garrison.services.kms.access import needed_key
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.finding import find_key
from garrison.services.kms.materials import current_material, spec_of_key
from garrison.services.kms.paging import limit_of, page, position
from garrison.services.kms.resources import CustomKeyStore, Key
from garrison.services.kms.service import service
from garrison.services.kms.states import key_state

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

SYMMETRIC = "SYMMETRIC_DEFAULT"


@key_operation("DescribeKey", on=needed_key)
def describe_key(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Everything about a key but its policy and its material."""
    return {"KeyMetadata": key_metadata(call.unit, find_key(call, request["KeyId"]))}


@service.operation("ListKeys", needs={"kms:ListKeys": "*"})
def list_keys(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The account's keys in the region."""
    found = call.unit.page(Key, after=position(call, request), limit=limit_of(request) + 1)
    return page(call, request, "Keys", found, lambda key: {"KeyId": key.id, "KeyArn": key.arn}, lambda key: str(key.id))


def key_metadata(unit: Unit, key: Key) -> dict[str, Any]:
    """KMS's `KeyMetadata` of a key."""
    state = key_state(unit, key)
    shown: dict[str, Any] = {
        "AWSAccountId": key.account,
        "KeyId": key.id,
        "Arn": key.arn,
        "CreationDate": key.created_at,
        "Enabled": state == "Enabled",
        "Description": key.description,
        "KeyUsage": key.usage,
        "KeyState": state,
        "Origin": key.origin,
        "KeyManager": key.manager,
        "CustomerMasterKeySpec": key.spec,
        "KeySpec": key.spec,
        "MultiRegion": False,
        **_algorithms(key),
        **_of_material(unit, key),
    }
    if key.deletion_at is not None:
        shown["DeletionDate"] = key.deletion_at
    if key.key_store is not None:
        store = unit.get(CustomKeyStore, key.key_store, account=key.account, region=key.region)
        shown["CustomKeyStoreId"] = key.key_store
        shown |= {"CloudHsmClusterId": store.cluster} if store is not None else {}
    return shown


def _algorithms(key: Key) -> dict[str, Any]:
    spec = spec_of_key(key)
    if key.usage == KeyUsage.ENCRYPT_DECRYPT:
        return {"EncryptionAlgorithms": list(spec.encryption)}
    if key.usage == KeyUsage.SIGN_VERIFY:
        return {"SigningAlgorithms": list(spec.signing)}
    if key.usage == KeyUsage.KEY_AGREEMENT:
        return {"KeyAgreementAlgorithms": list(spec.agreement)}
    return {"MacAlgorithms": list(spec.mac)}


def _of_material(unit: Unit, key: Key) -> dict[str, Any]:
    material = current_material(unit, key)
    if material is None:
        return {}
    shown: dict[str, Any] = {"CurrentKeyMaterialId": material.material_id} if key.spec == SYMMETRIC else {}
    if key.origin == "EXTERNAL":
        expires = material.expires_at is not None
        shown["ExpirationModel"] = "KEY_MATERIAL_EXPIRES" if expires else "KEY_MATERIAL_DOES_NOT_EXPIRE"
        shown |= {"ValidTo": material.expires_at} if expires else {}
    return shown
