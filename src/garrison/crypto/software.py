"""The key store in software: material is kept sealed by whoever keeps it, and is in memory only while its key is loaded."""

from __future__ import annotations

import secrets

from garrison.crypto.key_store import LoadedKey, NewMaterial
from garrison.crypto.pairs import new_pair
from garrison.crypto.software_keys import open_key
from garrison.crypto.specs import SYMMETRIC_BYTES, Family, KeySpec
from garrison.crypto.taking import checked_pair, checked_secret


class SoftwareKeyStore:
    """Keys of this process; what it keeps is the material itself: raw bytes, or PKCS#8 in DER."""

    def generate(self, spec: KeySpec) -> NewMaterial:
        """Make fresh material."""
        if spec.is_asymmetric:
            pair = new_pair(spec)
            return NewMaterial(pair.private, pair.public)
        size = SYMMETRIC_BYTES if spec.family is Family.AES else spec.bits // 8
        return NewMaterial(secrets.token_bytes(size))

    def take(self, spec: KeySpec, material: bytes) -> NewMaterial:
        """Take material that was made elsewhere; raises `BadMaterial`."""
        if not spec.is_asymmetric:
            return NewMaterial(checked_secret(spec, material))
        pair = checked_pair(spec, material)
        return NewMaterial(pair.private, pair.public)

    def open(self, spec: KeySpec, kept: bytes) -> LoadedKey:
        """The key of what was kept."""
        return open_key(spec, kept)

    def destroy(self, kept: bytes) -> None:
        """Nothing is to be destroyed here: the material is what was kept."""

    def random(self, count: int) -> bytes:
        """Random bytes of the operating system's generator."""
        return secrets.token_bytes(count)
