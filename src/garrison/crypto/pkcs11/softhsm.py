"""SoftHSM's tokens in a folder of files: made on demand, and cloned by copying, which is what its makers offer for that.

A token is a folder: `token.object` says its label, its serial number and its keys' key (wrapped by the PINs); each object is a
file beside it; `generation` is a number that grows with each change, by which other processes see that there was one.
Source: SoftHSM 2.6, `src/lib/object_store`.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from garrison.crypto.failures import KeyStoreAway
from garrison.crypto.pkcs11.module import describe, module_at, token_of, tokens_of

_VARIABLE = "SOFTHSM2_CONF"
_FOLDER = re.compile(r"^\s*directories\.tokendir\s*=\s*(.+?)\s*$", re.MULTILINE)
_TOKEN, _GENERATION = "token.object", "generation"
_LABEL_BYTES, _SERIAL_BYTES = 32, 16
_LABEL_HEAD = bytes.fromhex("0000000080005349 0000000000000003 0000000000000020")
"""What stands before the label in `token.object`: attribute, kind and length."""
_SERIAL_HEAD = bytes.fromhex("000000008000534a 0000000000000003 0000000000000010")
"""Likewise before the serial number."""

_NAMES = ((_LABEL_HEAD, _LABEL_BYTES), (_SERIAL_HEAD, _SERIAL_BYTES))
_READS, _READ_SECONDS = 100, 0.01
"""How often and how fast a file is read again that is being written."""


class SoftHsmFolder:
    """The tokens of SoftHSM that this machine has."""

    def __init__(self, module: str, home: Path) -> None:
        """The operator's own tokens where `SOFTHSM2_CONF` says where they are, else those in `home`."""
        self._module = module
        configuration = os.environ.get(_VARIABLE)
        if configuration is None or configuration == str(home / "softhsm2.conf"):
            self.folder = home / "tokens"
            self._configure(home)
        else:
            self.folder = _folder_of(Path(configuration))

    def _configure(self, home: Path) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = home / "softhsm2.conf"
        text = f"directories.tokendir = {self.folder}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n"
        if not path.exists() or path.read_text() != text:
            fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            fresh.write_text(text)
            fresh.replace(path)
        is_new = os.environ.get(_VARIABLE) != str(path)
        os.environ[_VARIABLE] = str(path)
        if is_new:  # a module that this process has loaded before reads it when it begins anew
            module = module_at(self._module)
            module.begin_anew(module.epoch, at_once=True)

    def make(self, label: str, pin: str, so_pin: str) -> None:
        """Make a token, unless one of the label is there; raises `KeyStoreAway`."""
        with self._alone():
            if self.find(label) is None:
                self._initialize(label, so_pin)
                self._set_pin(label, pin, so_pin)

    def _initialize(self, label: str, so_pin: str) -> None:
        module = module_at(self._module)
        with module.in_use() as library:
            epoch = module.epoch
            from pkcs11 import TokenFlag

            free = [one for one in tokens_of(library) if not one.flags & TokenFlag.TOKEN_INITIALIZED]
            if not free:
                raise KeyStoreAway("SoftHSM has no free slot.")
            code = module.init_token(free[0].slot.slot_id, so_pin, label)
            if code:
                raise KeyStoreAway(f"SoftHSM cannot make a token: error {code:#x}.")
        module.begin_anew(epoch, at_once=True)

    def _set_pin(self, label: str, pin: str, so_pin: str) -> None:
        from pkcs11.exceptions import PKCS11Error

        with module_at(self._module).in_use() as library:
            try:
                session = token_of(library, label).open(rw=True, so_pin=so_pin)
                session.init_pin(pin)
                session.close()
            except PKCS11Error as error:
                raise KeyStoreAway(f"SoftHSM cannot set the PIN of a token: {describe(error)}.") from None

    def find(self, label: str) -> Path | None:
        """The folder of a token; None where there is none."""
        wanted = _LABEL_HEAD + label.encode().ljust(_LABEL_BYTES)
        for token in self.folder.glob(f"*/{_TOKEN}"):
            with suppress(OSError, KeyStoreAway):
                if wanted in _whole(token):
                    return token.parent
        return None

    def clone(self, source: Path, label: str) -> None:
        """Make a token of the label from the folder of another, with its keys and its PIN; raises `KeyStoreAway`."""
        with self._alone():
            if self.find(label) is not None:
                return
            name = str(uuid.uuid4())
            fresh = self.folder.with_name(f".{self.folder.name}-making") / name
            try:
                fresh.parent.mkdir(mode=0o700, exist_ok=True)
                shutil.copytree(source, fresh)
                (fresh / _TOKEN).write_bytes(_renamed(_whole(source / _TOKEN), label))
                _sync(fresh)
                fresh.replace(self.folder / name)
            except OSError as error:
                shutil.rmtree(fresh, ignore_errors=True)
                raise KeyStoreAway(f"The token cannot be cloned: {error.strerror}.") from None

    def copy_out(self, label: str, target: Path) -> None:
        """Copy a token into a new folder elsewhere: its private objects stay encrypted by the token; raises `KeyStoreAway`."""
        source = self._needed(label)
        fresh = target.with_name(f".{target.name}")
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(source, fresh)
            (fresh / _TOKEN).write_bytes(_whole(source / _TOKEN))
            _sync(fresh)
            fresh.replace(target)
        except OSError as error:
            raise KeyStoreAway(f"The token cannot be copied: {error.strerror}.") from None

    def align(self, source: str, targets: list[str]) -> None:
        """Have clones hold the objects that the token `source` holds, and no others; raises `KeyStoreAway`."""
        with self._alone():
            origin = self._needed(source)
            for label in targets:
                if (folder := self.find(label)) is not None:
                    try:
                        _align(origin, folder)
                    except OSError as error:
                        raise KeyStoreAway(f"The token {label} cannot be aligned: {error.strerror}.") from None

    def remove(self, label: str) -> None:
        """Remove a token with all its keys; one that is gone already is no error."""
        with self._alone():
            if (found := self.find(label)) is not None:
                (found / _TOKEN).unlink(missing_ok=True)  # without it, the rest is no token any more
                shutil.rmtree(found, ignore_errors=True)

    def _needed(self, label: str) -> Path:
        found = self.find(label)
        if found is None:
            raise KeyStoreAway(f"There is no token {label}.")
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process and thread at a time changes which tokens there are."""
        fd = os.open(self.folder.parent / "tokens.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)


def _folder_of(configuration: Path) -> Path:
    try:
        found = _FOLDER.search(configuration.read_text())
    except OSError as error:
        raise KeyStoreAway(f"{configuration} cannot be read: {error.strerror}.") from None
    if found is None:
        raise KeyStoreAway(f"{configuration} names no directories.tokendir.")
    return Path(found[1])


def _whole(token: Path) -> bytes:
    """A token's own file once it is whole: SoftHSM writes it anew at each login, in place. Raises `KeyStoreAway`, `OSError`."""
    for _ in range(_READS):
        text = token.read_bytes()
        if all(_value(text, head, size) is not None for head, size in _NAMES):
            return text
        time.sleep(_READ_SECONDS)
    raise KeyStoreAway("A token's file is not of a form that Garrison knows.")


def _value(text: bytes, head: bytes, size: int) -> bytes | None:
    at = text.find(head)
    value = text[at + len(head) :][:size]
    return value if at >= 0 and len(value) == size else None


def _renamed(text: bytes, label: str) -> bytes:
    """A token's file with a label and a serial number of its own, so that a copy can be told from it."""
    fresh = label.encode().ljust(_LABEL_BYTES), secrets.token_hex(_SERIAL_BYTES // 2).encode()
    for (head, size), value in zip(_NAMES, fresh, strict=True):
        at = text.index(head) + len(head)
        text = text[:at] + value + text[at + size :]
    return text


def _align(origin: Path, folder: Path) -> None:
    wanted, held = _objects(origin), _objects(folder)
    changed = {name for name, size in wanted.items() if held.get(name) != size}  # one in the making was copied half
    for name in changed:
        fresh = folder / f"{name}.making"
        shutil.copyfile(origin / name, fresh)
        fresh.chmod(0o600)
        (folder / name).with_suffix(".lock").touch(mode=0o600)
        fresh.replace(folder / name)
    gone = held.keys() - wanted.keys()
    for name in gone:
        (folder / name).unlink(missing_ok=True)
        (folder / name).with_suffix(".lock").unlink(missing_ok=True)
    if changed or gone:
        _sync(folder)
        _grow(folder / _GENERATION)


def _objects(folder: Path) -> dict[str, int]:
    """The objects of a token, and how many bytes each has."""
    return {one.name: one.stat().st_size for one in folder.glob("*.object") if one.name != _TOKEN}


def _grow(generation: Path) -> None:
    """Tell the processes that use a token that its objects have changed."""
    with generation.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        now = int.from_bytes(file.read(8), "big") + 1
        file.seek(0)
        file.write(now.to_bytes(8, "big"))


def _sync(folder: Path) -> None:
    for one in (*folder.iterdir(), folder):
        fd = os.open(one, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
