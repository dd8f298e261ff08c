"""The states of keys, and what each forbids. KMS developer guide, "Key states of AWS KMS keys"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.kms.failures import disabled, invalid_state
from garrison.services.kms.resources import CustomKeyStore, Key

if TYPE_CHECKING:
    from garrison.store import Unit


def key_state(unit: Unit, key: Key) -> str:
    """`Enabled`, `Disabled`, `PendingDeletion`, `PendingImport` or `Unavailable`."""
    if key.deletion_at is not None:
        return "PendingDeletion"
    if key.current is None:
        return "PendingImport" if key.origin == "EXTERNAL" else "Unavailable"
    if key.key_store is not None:
        store = unit.get(CustomKeyStore, key.key_store, account=key.account, region=key.region)
        if store is None or store.connection != "CONNECTED":
            return "Unavailable"
    return "Enabled" if key.is_enabled else "Disabled"


def check_store_connected(unit: Unit, key: Key) -> None:
    """KMSInvalidStateException for a key whose custom key store is not connected."""
    if key.key_store is not None:
        store = unit.get(CustomKeyStore, key.key_store, account=key.account, region=key.region)
        if store is None or store.connection != "CONNECTED":
            raise invalid_state(key.arn, "unavailable: its custom key store is not connected")


def check_not_pending_deletion(key: Key) -> None:
    """KMSInvalidStateException for a key that waits to be deleted."""
    if key.deletion_at is not None:
        raise invalid_state(key.arn, "pending deletion")


def check_has_material(key: Key) -> None:
    """The same for one without material, too."""
    check_not_pending_deletion(key)
    if key.current is None:
        raise invalid_state(key.arn, "pending import" if key.origin == "EXTERNAL" else "unavailable")


def check_enabled(key: Key) -> None:
    """The same, and DisabledException for one that is disabled."""
    check_has_material(key)
    if not key.is_enabled:
        raise disabled(key.arn)
