"""One at a time: backup, upgrade and rotation of the root key keep each other away from a home."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from garrison.errors import OperatorError
from garrison.runtime.home import Home


@contextmanager
def maintaining(home: Home) -> Iterator[None]:
    """Keep others that maintain this home away; raises `OperatorError` where one is at it."""
    home.run.mkdir(mode=0o700, exist_ok=True)
    fd = os.open(home.run / "maintenance.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OperatorError(
                f"A backup, an upgrade or a rotation of the root key is under way in {home.path}.",
                "Try again after it.",
            ) from None
        yield
    finally:
        os.close(fd)


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Keep servers away from this home; raises `OperatorError` where one runs on it."""
    home.run.mkdir(mode=0o700, exist_ok=True)
    fd = os.open(home.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OperatorError(
                f"A server runs on {home.path}.", "`garrison status` shows it, `garrison down` stops it."
            ) from None
        yield
    finally:
        os.close(fd)
