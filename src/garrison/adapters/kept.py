"""The last good web ACL on the disk: what an adapter goes on with while the control plane is away, also after a restart."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from garrison.adapters.options import Options
from garrison.logs import get_logger

log = get_logger("garrison.waf")

_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")
COMPILED = "compiled"


class Kept:
    """One web ACL's place in the state folder. Several worker processes write the same content; each replaces the file at once."""

    def __init__(self, options: Options, endpoint: str) -> None:
        named = f"{endpoint}\n{options.region}\n{options.scope}\n{options.label}".encode()
        name = _PLAIN.sub("-", options.label.rpartition("/")[2])[:64]
        self.folder = options.folder
        self._path = self.folder / f"{name}-{hashlib.sha256(named).hexdigest()[:12]}.json"

    def read(self) -> bytes | None:
        """The last good bundle, None where there is none."""
        try:
            return self._path.read_bytes()
        except OSError:
            return None

    def write(self, bundle: bytes) -> None:
        """Keep a bundle that compiled; an adapter goes on where the disk takes nothing."""
        try:
            replace_private(self._path, bundle, is_durable=True)
        except OSError as problem:
            log.warning("web_acl_not_kept", folder=str(self.folder), reason=problem.strerror)


def make_private(folder: Path) -> None:
    """Make a folder that its owner alone uses."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def replace_private(path: Path, content: bytes, *, is_durable: bool) -> None:
    """Put content in a file's place at once, for its owner alone; a durable one is on the disk before the old one goes."""
    fresh = path.with_suffix(f".{os.getpid()}.new")
    make_private(path.parent)
    with suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        if is_durable:
            file.flush()
            os.fsync(descriptor)
    fresh.replace(path)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one process of a host compile at a time: the others then find its patterns compiled."""
    try:
        make_private(folder)
        descriptor = os.open(folder / "compiling.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
