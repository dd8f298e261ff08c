"""How bytes get onto the disk for good: whole writes, synced folders, files that appear complete or not at all."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, readable by their owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)


def write_at(fd: int, data: bytes, offset: int) -> None:
    """Write all of `data` at `offset`; a file that took only a part is cut back to `offset`. Raises `OSError`."""
    view = memoryview(data)
    at = offset
    try:
        while view:
            written = os.pwrite(fd, view, at)
            view, at = view[written:], at + written
    except OSError:
        with suppress(OSError):
            os.ftruncate(fd, offset)
        raise


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable: files made, renamed or deleted in it."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def create_whole(path: Path, content: bytes, *, locked: bool = False, sync: bool = True) -> int:
    """A new file that appears under its name only whole, and locked where asked; gives its descriptor."""
    temporary = path.with_name(path.name + ".new")
    fd = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    try:
        if locked:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        write_at(fd, content, 0)
        if sync:
            os.fsync(fd)
        temporary.rename(path)
        if sync:
            sync_folder(path.parent)
    except OSError:
        os.close(fd)
        temporary.unlink(missing_ok=True)
        raise
    return fd


def replace_whole(path: Path, content: bytes, *, sync: bool = True) -> None:
    """Replace a file's content so that a crash leaves either the old or the new one."""
    os.close(create_whole(path, content, sync=sync))


def is_locked(fd: int) -> bool:
    """Whether another open descriptor holds the file's lock; takes the lock where none does."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
