"""The root key: what seals every secret of the store, kept in a file of its owner's or in the environment, in clear or wrapped."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from garrison.errors import GarrisonError, OperatorError
from garrison.store.keyfile import KEY_BYTES, KeyFile, Wrapping, parse_line, write

_KEY_ID_BYTES = 8
_NONCE_BYTES = 12
"""AES-GCM's nonce (NIST SP 800-38D, 8.2)."""
_TAG_BYTES = 16
_VERSION = b"\x01"
_HEADER_BYTES = 1 + _KEY_ID_BYTES


class SealBroken(GarrisonError):
    """Sealed bytes that this root key does not open: altered, moved to another place, or sealed by another key."""


def _hkdf(material: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"garrison/" + purpose.encode()).derive(material)


class _Generation:
    """One key with what is derived from it; shows nothing of itself."""

    __slots__ = ("cipher", "key_id", "material")

    def __init__(self, material: bytes) -> None:
        self.material = material
        self.cipher = AESGCM(_hkdf(material, "seal"))
        self.key_id = _hkdf(material, "key-id")[:_KEY_ID_BYTES]


class RootKey:
    """A root key, and during a rotation also the ones before it, which still open but no longer seal."""

    __slots__ = ("_file", "_generations")

    def __init__(self, materials: Sequence[bytes], file: KeyFile | None = None) -> None:
        """Keys of 32 bytes, the current one first; a rotation is noticed by the `file` they came from."""
        if not materials or any(len(material) != KEY_BYTES for material in materials):
            raise OperatorError(f"A root key has {KEY_BYTES} bytes.", "Put the key back from its backup.")
        self._generations = tuple(_Generation(material) for material in materials)
        self._file = file

    @classmethod
    def generate(cls) -> RootKey:
        """A fresh key that is kept nowhere yet."""
        return cls([secrets.token_bytes(KEY_BYTES)])

    @classmethod
    def from_file(cls, path: Path, wrapping: Wrapping | None = None, *, create: bool = False) -> RootKey:
        """The key in a file that only its owner may read; one is made where `create` is asked for and none is there."""
        if create and not path.exists():
            cls.create_file(path, wrapping)
        file = KeyFile(path, wrapping)
        return cls(file.read(), file)

    @classmethod
    def create_file(cls, path: Path, wrapping: Wrapping | None = None) -> RootKey:
        """Make a key and its file, whole or not at all; an existing file is left and read."""
        fresh = cls.generate()
        with suppress(FileExistsError):
            fresh._write(path, wrapping, os.link)
        return cls.from_file(path, wrapping)

    @classmethod
    def from_environment(cls, variable: str, wrapping: Wrapping | None = None) -> RootKey:
        """The key in an environment variable: base64 or wrapped, and after commas the keys before it."""
        text = os.environ.get(variable, "")
        if not text:
            raise OperatorError(f"The environment variable {variable} holds no root key.", "Set it and start again.")
        what = f"The environment variable {variable}"
        return cls([parse_line(line, what, wrapping) for line in text.replace(",", " ").split()])

    @property
    def key_id(self) -> str:
        """The current key's public fingerprint, 16 hexadecimal digits."""
        return self._generations[0].key_id.hex()

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The fingerprints of all keys that this one opens for, the current first."""
        return tuple(generation.key_id.hex() for generation in self._generations)

    def followed_by(self, new: RootKey) -> RootKey:
        """`new` as the current key, with this one still opening what it sealed."""
        self._look_again()
        known = {g.material: None for g in (*new._generations, *self._generations)}
        return RootKey(list(known))

    def current(self) -> RootKey:
        """The current key alone, once a rotation is over."""
        return RootKey([self._generations[0].material])

    def become(self, other: RootKey) -> None:
        """Take over another's keys, for all who hold this one."""
        self._generations = other._generations

    def replace_file(self, path: Path, wrapping: Wrapping | None = None) -> None:
        """Write this key, with those before it, in place of a key file: whole or not at all."""
        self._write(path, wrapping, os.replace)

    def seal(self, data: bytes, aad: bytes) -> bytes:
        """Encrypt under the current key; `aad` must be given again to open."""
        self._keep_up()
        return self._seal_with(self._generations[0], data, aad)

    def seal_with(self, key_id: str, data: bytes, aad: bytes) -> bytes:
        """Encrypt under the key of this fingerprint; raises `SealBroken` where it is not known."""
        return self._seal_with(self._generation(bytes.fromhex(key_id)), data, aad)

    def open(self, blob: bytes, aad: bytes) -> bytes:
        """Decrypt what `seal` gave; raises `SealBroken`."""
        if len(blob) < _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES or blob[:1] != _VERSION:
            raise SealBroken("not sealed by a root key")
        generation = self._generation(blob[1:_HEADER_BYTES])
        nonce, sealed = blob[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES], blob[_HEADER_BYTES + _NONCE_BYTES :]
        try:
            return generation.cipher.decrypt(nonce, sealed, blob[:_HEADER_BYTES] + aad)
        except InvalidTag:
            raise SealBroken("the seal does not hold") from None

    def derive(self, purpose: str) -> bytes:
        """32 bytes for a purpose, always the same for the current key."""
        self._keep_up()
        return _hkdf(self._generations[0].material, f"derive/{purpose}")

    def derivations(self, purpose: str) -> tuple[bytes, ...]:
        """What `derive` gives and gave: the current key's bytes first, then those of the keys before it."""
        self._keep_up()
        return tuple(_hkdf(generation.material, f"derive/{purpose}") for generation in self._generations)

    def _look_again(self) -> bool:
        """Take what the key's file holds by now, where there is one."""
        if self._file is None:
            return False
        self._generations = tuple(_Generation(material) for material in self._file.read())
        return True

    def _keep_up(self) -> None:
        """Notice a rotation before the current key is used, so that nothing new is under the old one."""
        if self._file is not None and self._file.has_changed():
            self._look_again()

    def _generation(self, key_id: bytes) -> _Generation:
        for _ in range(2):
            for generation in self._generations:
                if generation.key_id == key_id:
                    return generation
            if not self._look_again():
                break
        raise SealBroken(f"sealed by another root key ({key_id.hex()})")

    def _seal_with(self, generation: _Generation, data: bytes, aad: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        header = _VERSION + generation.key_id
        return header + nonce + generation.cipher.encrypt(nonce, data, header + aad)

    def _write(self, path: Path, wrapping: Wrapping | None, put: Callable[[Path, Path], None]) -> None:
        write(path, (generation.material for generation in self._generations), wrapping, put)

    def __repr__(self) -> str:
        return f"RootKey({self.key_id})"

    def __reduce__(self) -> str:
        raise TypeError("a RootKey is not pickled")
