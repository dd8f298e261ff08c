"""ScheduleKeyDeletion and CancelKeyDeletion, and the deletion itself when the waiting period is over.

KMS developer guide, "Deleting AWS KMS keys". What goes: the materials for good, aliases, grants, the key; its history stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.kms.declaring import key_operation
from garrison.services.kms.due import Finish, Work, comes_due, note_due
from garrison.services.kms.events import key_event
from garrison.services.kms.failures import invalid, invalid_state
from garrison.services.kms.finding import find_key
from garrison.services.kms.last_usage import usage_context
from garrison.services.kms.materials import destroy_material, materials_of, release_material
from garrison.services.kms.resources import Alias, Grant, Key
from garrison.services.kms.states import check_not_pending_deletion

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

SHORTEST_DAYS, LONGEST_DAYS = 7, 30
"""Of the waiting period, which is the longest where none is given (API reference, ScheduleKeyDeletion)."""


@key_operation("ScheduleKeyDeletion", context=usage_context)
def schedule_key_deletion(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Let a key wait for its deletion; it serves nobody from now on."""
    days = request.get("PendingWindowInDays", LONGEST_DAYS)
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise invalid(f"PendingWindowInDays must be between {SHORTEST_DAYS} and {LONGEST_DAYS}.")
    key = find_key(call, request["KeyId"])
    check_not_pending_deletion(key)
    deletion_at = call.at + timedelta(days=days)
    call.unit.save(replace(key, deletion_at=deletion_at))
    note_due(call.unit, "delete", key, deletion_at)
    return {"KeyId": key.arn, "DeletionDate": deletion_at, "KeyState": "PendingDeletion", "PendingWindowInDays": days}


@key_operation("CancelKeyDeletion")
def cancel_key_deletion(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a key after all; it is disabled then."""
    key = find_key(call, request["KeyId"])
    if key.deletion_at is None:
        raise invalid_state(key.arn, "not pending deletion")
    call.unit.save(replace(key, deletion_at=None, is_enabled=False))
    return {"KeyId": key.arn}


@comes_due("delete")
def _delete(work: Work) -> Finish | None:
    if not _is_due(work.key, work):
        return None
    with work.parts.store.reading(work.key.account, work.key.region) as unit:
        materials = materials_of(unit, work.key)
        for material in materials:
            release_material(work.parts, unit, work.key, material)

    def finish(unit: Unit, event_id: str) -> bytes | None:
        key = unit.get(Key, work.key.id)
        if key is None or not _is_due(key, work):
            return None
        _remove(unit, key)
        return key_event(key, "DeleteKey", work.at, event_id, {"keyId": key.id})

    return finish


def _is_due(key: Key, work: Work) -> bool:
    return key.deletion_at is not None and key.deletion_at <= work.at


def _remove(unit: Unit, key: Key) -> None:
    for material in materials_of(unit, key):
        destroy_material(unit, material)
        unit.remove(material)
    for alias in unit.page(Alias, where={"key_id": key.id}):
        unit.remove(alias)
    for grant in unit.page(Grant, where={"key_id": key.id}):
        unit.remove(grant)
    unit.remove(key)
    unit.raise_policy_generation()
