"""EnableKey, DisableKey and UpdateKeyDescription."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.kms.declaring import key_operation
from garrison.services.kms.due import note_due
from garrison.services.kms.finding import find_key
from garrison.services.kms.last_usage import usage_context
from garrison.services.kms.states import check_has_material, check_not_pending_deletion

if TYPE_CHECKING:
    from garrison.services.call import Call


@key_operation("EnableKey")
def enable_key(call: Call, request: Mapping[str, Any]) -> None:
    """Let a key be used."""
    _set_enabled(call, request, True)


@key_operation("DisableKey", context=usage_context)
def disable_key(call: Call, request: Mapping[str, Any]) -> None:
    """Let a key be used for nothing, until it is enabled again."""
    _set_enabled(call, request, False)


@key_operation("UpdateKeyDescription")
def update_key_description(call: Call, request: Mapping[str, Any]) -> None:
    """Describe a key otherwise."""
    key = find_key(call, request["KeyId"])
    check_not_pending_deletion(key)
    call.unit.save(replace(key, description=request["Description"]))


def _set_enabled(call: Call, request: Mapping[str, Any], is_enabled: bool) -> None:
    key = find_key(call, request["KeyId"])
    check_has_material(key)
    if key.is_enabled == is_enabled:
        return
    call.unit.save(replace(key, is_enabled=is_enabled))
    if is_enabled and key.next_rotation_at is not None:
        note_due(call.unit, "rotate", key, key.next_rotation_at)  # what came due meanwhile was let pass
