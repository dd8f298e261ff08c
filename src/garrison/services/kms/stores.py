"""Which key store a key's material lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.crypto.software import SoftwareKeyStore

if TYPE_CHECKING:
    from garrison.crypto import KeyStore
    from garrison.services.call import Parts
    from garrison.services.kms.resources import Key

_software = SoftwareKeyStore()


def key_store_of(parts: Parts, key: Key) -> KeyStore:
    """The key store of a key's material."""
    return _software
