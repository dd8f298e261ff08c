"""RotateKeyOnDemand and ListKeyRotations. KMS developer guide, "Perform on-demand key rotation"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.identifiers import event_id
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.failures import invalid_state, limit_exceeded
from garrison.services.kms.finding import find_key, lookup_key
from garrison.services.kms.materials import current_material, keep_material, materials_of, prepare_material
from garrison.services.kms.paging import limit_of, page, position
from garrison.services.kms.resources import Key, Material
from garrison.services.kms.rotation import check_rotates, rotation_event
from garrison.services.kms.states import check_enabled

if TYPE_CHECKING:
    from garrison.crypto import NewMaterial
    from garrison.services.call import Call

MOST_ON_DEMAND = 25
"""Rotations on demand of a key (API reference, RotateKeyOnDemand)."""
ON_DEMAND = "ON_DEMAND"


def _prepare(call: Call, request: Mapping[str, Any]) -> None:
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        key = lookup_key(call, request["KeyId"], takes_alias=False)
        _check(call, key)
    call.evidence = prepare_material(call, key) if key.origin != "EXTERNAL" else None


@key_operation("RotateKeyOnDemand", prepare=_prepare)
def rotate_key_on_demand(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Give a key new material now: fresh, or what was imported for it. It leaves the automatic rotations as planned."""
    key = find_key(call, request["KeyId"])
    _check(call, key)
    before = current_material(call.unit, key)
    after = _imported(call, key) if key.origin == "EXTERNAL" else _fresh(call, key, call.evidence)
    call.unit.save(replace(key, current=after.number))
    made_by = event_id()
    call.unit.append_event(made_by, rotation_event(key, before, after, call.at, made_by))
    return {"KeyId": key.id}


@key_operation("ListKeyRotations")
def list_key_rotations(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A key's rotations, or all its materials."""
    key = find_key(call, request["KeyId"])
    check_rotates(key)
    after, limit = int(position(call, request) or -1), limit_of(request)
    wants_all = request.get("IncludeKeyMaterial") == "ALL_KEY_MATERIAL"
    found = [
        material
        for material in materials_of(call.unit, key)
        if material.number > after and (wants_all or material.rotation is not None)
    ]
    current = current_material(call.unit, key)
    return page(
        call,
        request,
        "Rotations",
        found[: limit + 1],
        lambda material: _shown(key, material, current),
        lambda material: str(material.number),
    )


def _check(call: Call, key: Key) -> None:
    check_rotates(key)
    check_enabled(key)
    materials = materials_of(call.unit, key)
    if sum(material.rotation == ON_DEMAND for material in materials) >= MOST_ON_DEMAND:
        raise limit_exceeded(f"{key.arn} was rotated on demand {MOST_ON_DEMAND} times, the most that it may be.")
    if key.origin == "EXTERNAL" and not materials[-1].is_pending:
        raise invalid_state(key.arn, "without imported key material that is pending rotation")


def _fresh(call: Call, key: Key, made: NewMaterial) -> Material:
    return keep_material(call.unit, key, len(materials_of(call.unit, key)), made, call.at, ON_DEMAND)


def _imported(call: Call, key: Key) -> Material:
    pending = materials_of(call.unit, key)[-1]
    return call.unit.save(replace(pending, is_pending=False, rotation=ON_DEMAND, rotated_at=call.at))


def _shown(key: Key, material: Material, current: Material | None) -> dict[str, Any]:
    is_current = current is not None and material.number == current.number
    state = "PENDING_ROTATION" if material.is_pending else "CURRENT" if is_current else "NON_CURRENT"
    shown: dict[str, Any] = {"KeyId": key.id, "KeyMaterialId": material.material_id, "KeyMaterialState": state}
    if material.rotation is not None:
        shown |= {"RotationDate": material.rotated_at, "RotationType": material.rotation}
    if key.origin == "EXTERNAL":
        expires = material.expires_at is not None
        shown |= {
            "KeyMaterialDescription": material.description or None,
            "ImportState": "IMPORTED" if material.sealed is not None else "PENDING_IMPORT",
            "ExpirationModel": "KEY_MATERIAL_EXPIRES" if expires else "KEY_MATERIAL_DOES_NOT_EXPIRE",
            "ValidTo": material.expires_at,
        }
    return {member: value for member, value in shown.items() if value is not None}
