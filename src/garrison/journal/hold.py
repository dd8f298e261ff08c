"""Holds the journal still for a moment, so that a backup sees lanes and journal as they are between two batches."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from garrison.journal.files import FILE_MODE, make_folder

HOLD_NAME = "hold.lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Wait for the batch under way; then until the end nothing moves from the lanes into the journal of this folder.

    Whoever holds it may die: the kernel lets the lock go with it.
    """
    make_folder(folder)
    fd = _open(folder)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


@contextmanager
def moving(folder: Path) -> Iterator[bool]:
    """Whether events may move into the journal now; until the end nobody can hold it still."""
    fd = _open(folder)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(fd)


def _open(folder: Path) -> int:
    return os.open(folder / HOLD_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
