"""Automatic rotation: asked for, and done by the clock. The key gets new material; what the old ones encrypted, they decrypt.

KMS developer guide, "Rotate AWS KMS keys".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.kms.access import needed_key_by_id
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.due import Finish, Work, comes_due, note_due
from garrison.services.kms.events import key_event
from garrison.services.kms.failures import unsupported
from garrison.services.kms.finding import find_key
from garrison.services.kms.materials import current_material, keep_material, materials_of, new_material
from garrison.services.kms.resources import Key, Material
from garrison.services.kms.states import check_enabled

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

USUAL_DAYS = 365
"""The rotation period where none is given (API reference, EnableKeyRotation)."""


@key_operation("EnableKeyRotation")
def enable_key_rotation(call: Call, request: Mapping[str, Any]) -> None:
    """Give a key new material every so many days, or every so many others from now on."""
    key = find_key(call, request["KeyId"])
    check_rotates(key, by_itself=True)
    check_enabled(key)
    days = request.get("RotationPeriodInDays") or key.rotation_days or USUAL_DAYS
    if days != key.rotation_days:
        plan_rotation(call.unit, replace(key, rotation_days=days), call.at)


@key_operation("DisableKeyRotation")
def disable_key_rotation(call: Call, request: Mapping[str, Any]) -> None:
    """Leave a key its material."""
    key = find_key(call, request["KeyId"])
    check_rotates(key, by_itself=True)
    check_enabled(key)
    call.unit.save(replace(key, rotation_days=None, next_rotation_at=None))


@key_operation("GetKeyRotationStatus", on=needed_key_by_id)
def get_key_rotation_status(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Whether, how often and when next a key gets new material by itself."""
    key = find_key(call, request["KeyId"])
    check_rotates(key)
    if key.rotation_days is None or key.deletion_at is not None:
        return {"KeyId": key.id, "KeyRotationEnabled": False}
    return {
        "KeyId": key.id,
        "KeyRotationEnabled": True,
        "RotationPeriodInDays": key.rotation_days,
        "NextRotationDate": key.next_rotation_at,
    }


def check_rotates(key: Key, *, by_itself: bool = False) -> None:
    """UnsupportedOperationException for keys whose material cannot be rotated, or not by Garrison itself."""
    if key.spec != "SYMMETRIC_DEFAULT" or key.key_store is not None:
        raise unsupported(f"{key.arn} cannot be rotated: it is asymmetric, an HMAC key, or in a custom key store.")
    if by_itself and key.origin == "EXTERNAL":
        raise unsupported(f"{key.arn} origin is EXTERNAL which is not valid for this operation.")


def plan_rotation(unit: Unit, key: Key, since: datetime) -> Key:
    """Keep a key with its next rotation a period after a time, and note that it comes due."""
    assert key.rotation_days is not None
    next_at = since + timedelta(days=key.rotation_days)
    note_due(unit, "rotate", key, next_at)
    return unit.save(replace(key, next_rotation_at=next_at))


def rotation_event(key: Key, before: Material | None, after: Material, at: datetime, event_id: str) -> bytes:
    """The record of a rotation, beside that of the call that asked for it."""
    details = {"keyId": key.id, "rotationType": after.rotation, "keyOrigin": key.origin}
    details |= {"previousKeyMaterialId": before.material_id} if before is not None else {}
    return key_event(key, "RotateKey", at, event_id, {**details, "currentKeyMaterialId": after.material_id})


@comes_due("rotate")
def _rotate(work: Work) -> Finish | None:
    if not _is_due(work.key, work.at):
        return None
    made = new_material(work.parts, work.key)

    def finish(unit: Unit, event_id: str) -> bytes | None:
        key = unit.get(Key, work.key.id)
        if key is None or not _is_due(key, work.at):
            return None
        before, number = current_material(unit, key), len(materials_of(unit, key))
        after = keep_material(unit, key, number, made, work.at, "AUTOMATIC")
        plan_rotation(unit, replace(key, current=number), work.at)
        return rotation_event(key, before, after, work.at, event_id)

    return finish


def _is_due(key: Key, at: datetime) -> bool:
    is_used = key.is_enabled and key.deletion_at is None and key.current is not None
    return is_used and key.next_rotation_at is not None and key.next_rotation_at <= at
