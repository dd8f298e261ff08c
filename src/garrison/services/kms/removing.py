"""DeleteImportedKeyMaterial, and imported material that expires: the key stays, and waits for the same material again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.kms.declaring import key_operation
from garrison.services.kms.due import Finish, Work, comes_due
from garrison.services.kms.events import key_event
from garrison.services.kms.failures import not_found
from garrison.services.kms.finding import find_key
from garrison.services.kms.import_parameters import check_external
from garrison.services.kms.materials import (
    current_material,
    current_number,
    destroy_material,
    forget_kept,
    materials_of,
    release_material,
)
from garrison.services.kms.resources import Key, Material

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit


@key_operation("DeleteImportedKeyMaterial")
def delete_imported_key_material(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Destroy imported material now."""
    key = find_key(call, request["KeyId"])
    check_external(key)
    material = _meant(call, key, request.get("KeyMaterialId"))
    if material is None:
        return {"KeyId": key.arn}
    if material.sealed is not None:
        kept = call.unit.unseal(material.sealed)
        call.after_commit.append(lambda: forget_kept(call.parts, key, kept))
    _take_away(call.unit, key, material)
    return {"KeyId": key.arn, "KeyMaterialId": material.material_id}


def _meant(call: Call, key: Key, material_id: str | None) -> Material | None:
    if material_id is None:
        return current_material(call.unit, key)
    for material in materials_of(call.unit, key):
        if material.material_id == material_id:
            return material
    raise not_found(f"Key material {material_id} is not associated with {key.arn}.")


def _take_away(unit: Unit, key: Key, material: Material) -> None:
    destroy_material(unit, material)
    if material.is_pending:
        unit.remove(material)  # it was never used, and another may take its place
    else:
        unit.save(replace(material, sealed=None, expires_at=None))
    current = current_number(unit, key)
    if current != key.current:
        unit.save(replace(key, current=current))


@comes_due("expire")
def _expire(work: Work) -> Finish | None:
    key, number = work.key, work.due.number
    with work.parts.store.reading(key.account, key.region) as unit:
        material = unit.get(Material, key.id, number)
        if material is None or not _has_expired(material, work.at):
            return None
        release_material(work.parts, unit, key, material)

    def finish(unit: Unit, event_id: str) -> bytes | None:
        key, material = unit.get(Key, work.key.id), unit.get(Material, work.key.id, number)
        if key is None or material is None or not _has_expired(material, work.at):
            return None
        _take_away(unit, key, material)
        details = {"keyId": key.id, "keyMaterialId": material.material_id}
        return key_event(key, "DeleteExpiredKeyMaterial", work.at, event_id, details)

    return finish


def _has_expired(material: Material, at: datetime) -> bool:
    return material.sealed is not None and material.expires_at is not None and material.expires_at <= at
