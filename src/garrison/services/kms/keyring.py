"""Keys ready for use: a key's material as its store has opened it, kept a while, so that a use costs no unsealing.

Whether a key may be used is asked for each call; what is kept here only saves the work of opening it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from garrison.crypto import KeyStoreAway, LoadedKey
from garrison.errors import ApiError
from garrison.services.kept_open import KeptOpen
from garrison.services.kms.failures import invalid_state
from garrison.services.kms.materials import spec_of_key
from garrison.services.kms.resources import Key, Material
from garrison.services.kms.stores import key_store_of
from garrison.store import SecretDestroyed

if TYPE_CHECKING:
    from garrison.services.call import Parts
    from garrison.store import Unit

MOST_OPEN = 4096
"""Materials that a process keeps open at once."""
LONGEST_OPEN = timedelta(minutes=10)
"""How long a material stays open: a process learns of a destroyed one by nothing else."""


class Asking(Protocol):
    """For whom a key is made ready: a call, or a service that works in the background."""

    parts: Parts
    unit: Unit
    at: datetime


_keyring: KeptOpen[str, LoadedKey] = KeptOpen(MOST_OPEN, LONGEST_OPEN)
"""Opened materials by the references of what was sealed."""


def loaded(call: Asking, key: Key, number: int | None = None) -> LoadedKey:
    """A key's material ready for use, the current one unless a number is given."""
    return opened(call, key, material_of(call, key, number))


def material_of(call: Asking, key: Key, number: int | None = None) -> Material:
    """A material of a key that can be used, the current one unless a number is given; KMSInvalidStateException else."""
    number = key.current if number is None else number
    found = find_material(call, key, number) if number is not None else None
    if found is None or found.sealed is None or (found.expires_at is not None and found.expires_at <= call.at):
        raise invalid_state(key.arn, "pending import" if key.origin == "EXTERNAL" else "unavailable")
    return found


def find_material(call: Asking, key: Key, number: int) -> Material | None:
    """A material of a key as it is kept, whether it can be used or not."""
    return call.unit.get(Material, key.id, number, account=key.account, region=key.region)


def opened(call: Asking, key: Key, material: Material) -> LoadedKey:
    """A material as its key store opens it; KeyUnavailableException where the store does not answer."""
    assert material.sealed is not None
    found = _keyring.get(material.sealed, call.at)
    if found is None:
        found = _open(call, key, material.sealed)
        _keyring.put(material.sealed, call.at, found)
    return found


def _open(call: Asking, key: Key, sealed: str) -> LoadedKey:
    try:
        with call.parts.store.reading(key.account, key.region) as unit:
            kept = unit.unseal(sealed)
        return key_store_of(call.parts, key).open(spec_of_key(key), kept)
    except SecretDestroyed:
        raise invalid_state(key.arn, "unavailable") from None
    except KeyStoreAway:
        raise ApiError("KeyUnavailableException", f"{key.arn} is not available: its key store is away.") from None
