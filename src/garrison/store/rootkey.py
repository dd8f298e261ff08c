"""The root key: what seals every secret of the store, kept in a file of its owner's or in the environment."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from garrison.errors import GarrisonError, OperatorError

KEY_BYTES = 32
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


class _KeyFile:
    """The file that a key came from, to see when it holds another."""

    __slots__ = ("_path", "_seen")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._look()

    def _look(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def has_changed(self) -> bool:
        """Whether it was put in place anew since it was last read; a file that is gone has not."""
        now = self._look()
        return now is not None and now != self._seen

    def read(self) -> list[bytes]:
        """The keys in it."""
        self._seen = self._look()
        return _read_file(self._path)


class RootKey:
    """A root key, and during a rotation also the ones before it, which still open but no longer seal."""

    __slots__ = ("_file", "_generations")

    def __init__(self, materials: Sequence[bytes], file: _KeyFile | None = None) -> None:
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
    def from_file(cls, path: Path, *, create: bool = False) -> RootKey:
        """The key in a file that only its owner may read; one is made where `create` is asked for and none is there."""
        if create and not path.exists():
            cls.create_file(path)
        file = _KeyFile(path)
        return cls(file.read(), file)

    @classmethod
    def create_file(cls, path: Path) -> RootKey:
        """Make a key and its file, whole or not at all; an existing file is left and read."""
        fresh = cls.generate()
        with suppress(FileExistsError):
            fresh._write(path, os.link)
        return cls.from_file(path)

    @classmethod
    def from_environment(cls, variable: str) -> RootKey:
        """The key in an environment variable: base64, and after commas the keys before it."""
        text = os.environ.get(variable, "")
        if not text:
            raise OperatorError(f"The environment variable {variable} holds no root key.", "Set it and start again.")
        return cls(_parse(text.replace(",", "\n"), f"The environment variable {variable}"))

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

    def replace_file(self, path: Path) -> None:
        """Write this key, with those before it, in place of a key file: whole or not at all."""
        self._write(path, os.replace)

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

    def _write(self, path: Path, put: Callable[[Path, Path], None]) -> None:
        text = "".join(base64.b64encode(g.material).decode() + "\n" for g in self._generations)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, text.encode())
            os.fsync(file)
            put(fresh, path)
        finally:
            os.close(file)
            fresh.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def __repr__(self) -> str:
        return f"RootKey({self.key_id})"

    def __reduce__(self) -> str:
        raise TypeError("a RootKey is not pickled")


def _read_file(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(65536).decode("ascii", "replace")
    except FileNotFoundError:
        raise OperatorError(
            f"The root key {path} is missing.", "Put it back from its backup; nothing was changed."
        ) from None
    except OSError as error:
        raise OperatorError(f"The root key {path} cannot be read: {error.strerror}.", "Correct its owner.") from None
    if mode & 0o077:
        raise OperatorError(f"The root key {path} can be read by others (mode {mode:o}).", f"Run `chmod 600 {path}`.")
    return _parse(text, f"The root key {path}")


def _parse(text: str, what: str) -> list[bytes]:
    try:
        materials = [base64.b64decode(line, validate=True) for line in text.split()]
    except (binascii.Error, ValueError):
        materials = []
    if not materials or any(len(material) != KEY_BYTES for material in materials):
        raise OperatorError(f"{what} is not a root key: {KEY_BYTES} bytes in base64.", "Put it back from its backup.")
    return materials
