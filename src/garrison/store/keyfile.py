"""The root key as its file or an environment variable holds it: a line for each key, the current one first.

A line is the key itself in base64, or what a token made of it (`Wrapping`): then it is of no use without that token.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from garrison.errors import OperatorError

KEY_BYTES = 32
WRAPPED = "wrapped:"
"""What the line of a wrapped key begins with."""
_MOST_BYTES = 65536


class Wrapping(Protocol):
    """What keeps root keys from lying in clear in their file: a key of a token, which never leaves it."""

    def wrap(self, material: bytes) -> bytes:
        """A root key in a form that only the token opens; raises `OperatorError`."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """The root key again; raises `OperatorError` where the token is away or something was changed."""


class KeyFile:
    """The file that a root key came from, to see when it holds another."""

    __slots__ = ("_known", "_path", "_seen", "_wrapping")

    def __init__(self, path: Path, wrapping: Wrapping | None) -> None:
        self._path = path
        self._wrapping = wrapping
        self._known: dict[str, bytes] = {}
        """What the token opened before: it is not asked each time that a key is looked for."""
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
        what = f"The root key {self._path}"
        lines = _lines(self._path)
        self._known = {line: self._known.get(line) or parse_line(line, what, self._wrapping) for line in lines}
        if not lines:
            raise no_key(what)
        return list(self._known.values())


def parse_line(line: str, what: str, wrapping: Wrapping | None) -> bytes:
    """The key of a line; raises `OperatorError` where it is none, or is wrapped and cannot be opened."""
    is_wrapped = line.startswith(WRAPPED)
    if is_wrapped and wrapping is None:
        raise OperatorError(
            f"{what} is wrapped by a token, and the settings name none.", "Set `root_key_token` as it was."
        )
    try:
        material = base64.b64decode(line.removeprefix(WRAPPED), validate=True)
    except (binascii.Error, ValueError):
        raise no_key(what) from None
    if is_wrapped and wrapping is not None:
        material = wrapping.unwrap(material)
    if len(material) != KEY_BYTES:
        raise no_key(what)
    return material


def no_key(what: str) -> OperatorError:
    """The error of what holds no root key."""
    return OperatorError(f"{what} is not a root key: {KEY_BYTES} bytes in base64.", "Put it back from its backup.")


def write(path: Path, materials: Iterable[bytes], wrapping: Wrapping | None, put: Callable[[Path, Path], None]) -> None:
    """Write keys to a new file of its owner's and `put` it in its place: whole or not at all."""
    lines = (
        base64.b64encode(material).decode()
        if wrapping is None
        else WRAPPED + base64.b64encode(wrapping.wrap(material)).decode()
        for material in materials
    )
    text = "".join(f"{line}\n" for line in lines)
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


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(_MOST_BYTES).decode("ascii", "replace")
    except FileNotFoundError:
        raise OperatorError(
            f"The root key {path} is missing.", "Put it back from its backup; nothing was changed."
        ) from None
    except OSError as error:
        raise OperatorError(f"The root key {path} cannot be read: {error.strerror}.", "Correct its owner.") from None
    if mode & 0o077:
        raise OperatorError(f"The root key {path} can be read by others (mode {mode:o}).", f"Run `chmod 600 {path}`.")
    return text.split()
