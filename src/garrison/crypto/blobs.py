"""The ciphertext of a symmetric key: opaque to callers, it says which key and material made it, and is authentic or nothing.

A blob is a version, the place of its key, and what `LoadedKey.encrypt` gave. Place and encryption context are authenticated with it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from garrison.crypto.failures import NotAuthentic
from garrison.crypto.key_store import LoadedKey

_VERSION = 1
_START = struct.Struct(">BQ16sIB")
"""Version, account, key id (a UUID), number of the material, length of the Region's name that follows."""
_ACCOUNTS = 10**12
_LENGTHS = struct.Struct(">II")
"""Of a name and of its value, before both."""


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Which material of which key."""

    account: str
    region: str
    key_id: str
    """A UUID in lower case."""
    number: int
    """Of the material: `garrison.services.kms.resources.Material.number`."""


def seal(key: LoadedKey, where: KeyPlace, plaintext: bytes, context: Mapping[str, str]) -> bytes:
    """Encrypt under the material at `where`; `context` must be given again, in any order, to open it."""
    header = _header(where)
    return header + key.encrypt(plaintext, header + encode_context(context))


def unseal(key: LoadedKey, blob: bytes, context: Mapping[str, str]) -> bytes:
    """What `seal` was given; raises `NotAuthentic` for another key, another context, or any change."""
    _, header = _read(blob)
    return key.decrypt(blob[len(header) :], header + encode_context(context))


def read_place(blob: bytes) -> KeyPlace:
    """Which key made a ciphertext, by its own word: only `unseal` proves it. Raises `NotAuthentic` for what is no ciphertext."""
    return _read(blob)[0]


def encode_context(context: Mapping[str, str]) -> bytes:
    """An encryption context as bytes: the same for any order, and no two contexts alike."""
    parts = []
    for name in sorted(context):
        # Half of a surrogate pair is no character, but a caller may send one: it must neither fail nor equal another.
        first, second = name.encode("utf-8", "surrogatepass"), context[name].encode("utf-8", "surrogatepass")
        parts.append(_LENGTHS.pack(len(first), len(second)) + first + second)
    return b"".join(parts)


@lru_cache(maxsize=4096)
def _header(where: KeyPlace) -> bytes:
    region, key_id = where.region.encode("ascii"), bytes.fromhex(where.key_id.replace("-", ""))
    header = _START.pack(_VERSION, int(where.account), key_id, where.number, len(region)) + region
    if _parse(header) != where:
        raise ValueError(f"not the place of a key: {where}")
    return header


def _read(blob: bytes) -> tuple[KeyPlace, bytes]:
    if len(blob) < _START.size or blob[0] != _VERSION:
        raise NotAuthentic("not a ciphertext of a symmetric key")
    header = blob[: _START.size + blob[_START.size - 1]]
    return _parse(header), header


@lru_cache(maxsize=4096)
def _parse(header: bytes) -> KeyPlace:
    _, account, key_id, number, length = _START.unpack_from(header)
    region = header[_START.size :]
    if account >= _ACCOUNTS or len(region) != length or not region.isascii():
        raise NotAuthentic("not a ciphertext of a symmetric key")
    digits = key_id.hex()
    dashed = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    return KeyPlace(f"{account:012}", region.decode("ascii"), dashed, number)
