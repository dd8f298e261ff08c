"""ImportKeyMaterial: the first material of a key, another for a rotation, or the same again after it expired or was deleted.

KMS developer guide, "Importing key material". A material is known again by its id, an HMAC that only this installation can make.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.crypto import BadMaterial, NewMaterial, NotAuthentic
from garrison.crypto.importing import unwrap
from garrison.errors import ApiError
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.due import note_due
from garrison.services.kms.failures import invalid, invalid_state
from garrison.services.kms.finding import find_key, lookup_key
from garrison.services.kms.import_parameters import check_external, wrapping_of
from garrison.services.kms.materials import current_number, forget_kept, materials_of, take_material
from garrison.services.kms.resources import Key, Material
from garrison.services.kms.states import check_not_pending_deletion

if TYPE_CHECKING:
    from datetime import datetime

    from garrison.services.call import Call

LONGEST = timedelta(days=365)
"""How long imported material may be valid (API reference, ImportKeyMaterial)."""
_NEW = "NEW_KEY_MATERIAL"


@dataclass(frozen=True, slots=True)
class _Taken:
    """Material that came and was put into the key's store."""

    made: NewMaterial
    telling: bytes = field(repr=False)
    """What tells it from others: the public half of a pair, else the material itself."""


def _prepare(call: Call, request: Mapping[str, Any]) -> None:
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        key = lookup_key(call, request["KeyId"], takes_alias=False)
        _check(call, key, request)
        wrapping = wrapping_of(call, key, request["ImportToken"])
    try:
        plain = unwrap(wrapping.private_key, request["EncryptedKeyMaterial"], wrapping.algorithm)
    except (NotAuthentic, BadMaterial):
        message = "The key material cannot be decrypted by the wrapping key and algorithm of the import token."
        raise ApiError("InvalidCiphertextException", message) from None
    made = take_material(call, key, plain)
    call.evidence = _Taken(made, made.public_key or plain)


@key_operation("ImportKeyMaterial", prepare=_prepare, hidden=("ImportToken", "EncryptedKeyMaterial"))
def import_key_material(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Put material into a key."""
    key = find_key(call, request["KeyId"])
    _check(call, key, request)
    taken: _Taken = call.evidence
    key, material_id = _identified(call, key, taken.telling)
    material = _kept(call, key, request, taken.made, material_id)
    if material.expires_at is not None:
        note_due(call.unit, "expire", key, material.expires_at, material.number)
    call.unit.save(replace(key, current=current_number(call.unit, key)))
    return {"KeyId": key.arn, "KeyMaterialId": material_id}


def _check(call: Call, key: Key, request: Mapping[str, Any]) -> None:
    check_external(key)
    check_not_pending_deletion(key)
    _valid_to(call, request)
    if key.spec != "SYMMETRIC_DEFAULT":
        for member in ("ImportType", "KeyMaterialDescription", "KeyMaterialId"):
            if request.get(member):
                raise invalid(f"{member} is for symmetric encryption KMS keys only.")
    if request.get("ImportType") == _NEW and request.get("KeyMaterialId"):
        raise invalid("KeyMaterialId cannot be given with the import type NEW_KEY_MATERIAL.")


def _valid_to(call: Call, request: Mapping[str, Any]) -> datetime | None:
    valid_to: datetime | None = request.get("ValidTo")
    if request.get("ExpirationModel") == "KEY_MATERIAL_DOES_NOT_EXPIRE":
        if valid_to is not None:
            raise invalid("A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE.")
        return None
    if valid_to is None:
        raise invalid("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES.")
    if not call.at < valid_to <= call.at + LONGEST:
        raise invalid("ValidTo must be in the future, at most 365 days from now.")
    return valid_to


def _identified(call: Call, key: Key, telling: bytes) -> tuple[Key, str]:
    """The id of a material of a key; the key has from its first import what ids are made by."""
    if key.fingerprints is None:
        key = call.unit.save(replace(key, fingerprints=call.unit.seal(secrets.token_bytes(32))))
    assert key.fingerprints is not None
    return key, hmac.new(call.unit.unseal(key.fingerprints), telling, hashlib.sha256).hexdigest()


def _kept(call: Call, key: Key, request: Mapping[str, Any], made: NewMaterial, material_id: str) -> Material:
    known = materials_of(call.unit, key)
    same = next((material for material in known if material.material_id == material_id), None)
    is_new = request.get("ImportType") == _NEW if request.get("ImportType") else not known
    asked_id = request.get("KeyMaterialId")
    if is_new == (same is not None) or (asked_id is not None and asked_id != material_id):
        said = "is associated with the key already" if is_new else "is not the key material that was imported before"
        raise ApiError("IncorrectKeyMaterialException", f"The key material {said}.")
    if same is not None:
        return _again(call, key, same, request, made)
    if known and known[-1].is_pending:
        raise invalid_state(key.arn, "waiting for the rotation to key material that was imported before")
    return call.unit.add(
        Material(
            account=key.account,
            region=key.region,
            key_id=key.id,
            number=len(known),
            material_id=material_id,
            made_at=call.at,
            sealed=call.unit.seal(made.kept),
            public_key=made.public_key,
            expires_at=_valid_to(call, request),
            is_pending=bool(known),
            description=request.get("KeyMaterialDescription") or "",
        )
    )


def _again(call: Call, key: Key, same: Material, request: Mapping[str, Any], made: NewMaterial) -> Material:
    if same.sealed is not None:
        kept = call.unit.unseal(same.sealed)
        call.after_commit.append(lambda: forget_kept(call.parts, key, kept))
        call.unit.destroy(same.sealed)
    return call.unit.save(
        replace(
            same,
            sealed=call.unit.seal(made.kept),
            expires_at=_valid_to(call, request),
            description=request.get("KeyMaterialDescription") or same.description,
        )
    )
