"""Which key store a key's material lies in: software, the token of the settings, or the cluster of a custom key store."""

from __future__ import annotations

import secrets
from functools import cache
from typing import TYPE_CHECKING

from garrison.crypto.pins import pin_of
from garrison.crypto.software import SoftwareKeyStore
from garrison.services.kms.resources import CustomKeyStore

if TYPE_CHECKING:
    from pathlib import Path

    from garrison.crypto import KeySpec, KeyStore, LoadedKey, NewMaterial
    from garrison.services.call import Parts
    from garrison.services.kms.resources import Key
    from garrison.setting_tables import KeyStoreChoice
    from garrison.store import Unit

_software = SoftwareKeyStore()


class TokenAndSoftware:
    """The store of the settings' token: keys that were made in software before it was chosen stay there."""

    def __init__(self, token: KeyStore) -> None:
        self._token = token

    def generate(self, spec: KeySpec) -> NewMaterial:
        """Make fresh material in the token."""
        return self._token.generate(spec)

    def take(self, spec: KeySpec, material: bytes) -> NewMaterial:
        """Put material into the token."""
        return self._token.take(spec, material)

    def open(self, spec: KeySpec, kept: bytes) -> LoadedKey:
        """The key, from where it lies."""
        return self._store_of(kept).open(spec, kept)

    def destroy(self, kept: bytes) -> None:
        """Destroy it where it lies."""
        self._store_of(kept).destroy(kept)

    def random(self, count: int) -> bytes:
        """Random bytes of the token's generator."""
        return self._token.random(count)

    def _store_of(self, kept: bytes) -> KeyStore:
        from garrison.crypto.pkcs11 import lies_in_token

        return self._token if lies_in_token(kept) else _software


def key_store_of(parts: Parts, key: Key) -> KeyStore:
    """The key store of a key's material; raises `KeyStoreAway` where it cannot be had."""
    if key.key_store is not None:
        return custom_store(parts, key.account, key.region, key.key_store)
    return own_store(parts)


def custom_store(parts: Parts, account: str, region: str, store_id: str) -> KeyStore:
    """The key store in the cluster that a custom one has when it is used."""
    from garrison.services.cloudhsmv2.cluster_keys import ClusterKeyStore

    def cluster_of(unit: Unit) -> str | None:
        found = unit.get(CustomKeyStore, store_id)
        return found.cluster if found is not None else None

    return ClusterKeyStore(parts, account, region, cluster_of)


def own_store(parts: Parts) -> KeyStore:
    """The key store of keys that are in no custom one."""
    choice = parts.settings.key_store
    if choice.kind == "software":
        return _software
    from garrison.crypto.pkcs11 import Pkcs11KeyStore, TokenPlace

    if choice.softhsm:
        _have_token(parts.settings.home_path, choice)
    place = TokenPlace(choice.module, choice.token, lambda: pin_of(choice.pin_file, choice.pin_variable))
    return TokenAndSoftware(Pkcs11KeyStore(place))


@cache
def _have_token(home: Path, choice: KeyStoreChoice) -> None:
    """Make the settings' token of SoftHSM where it is missing; raises `KeyStoreAway`."""
    from garrison.crypto.pkcs11.softhsm import SoftHsmFolder

    pin = pin_of(choice.pin_file, choice.pin_variable)
    SoftHsmFolder(choice.module, home / "hsm").make(choice.token, pin, secrets.token_urlsafe(24))
