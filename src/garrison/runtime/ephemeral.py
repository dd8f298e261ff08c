"""Throw-away homes: made in the temporary folder, removed with their server, and swept where one was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

from garrison.runtime.home import Home

PREFIX = "garrison-ephemeral-"
_SETTLED_SECONDS = 60.0
"""Age from which a home without a lock is left over, and not one that is just being made."""
_ATTEMPTS = 40
_PAUSE_SECONDS = 0.05


def make_home() -> Home:
    """A new empty home, after sweeping those that killed servers left."""
    folder = Path(tempfile.gettempdir())
    sweep(folder)
    return Home(Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder)))


def sweep(folder: Path) -> list[Path]:
    """Remove this user's throw-away homes that no server has locked; gives those removed."""
    removed = []
    for path in folder.glob(f"{PREFIX}*"):
        home = Home(path)
        try:
            status = path.lstat()
            is_ours = path.is_dir() and not path.is_symlink() and status.st_uid == os.getuid()
            is_settled = home.lock_file.exists() or time.time() - status.st_mtime > _SETTLED_SECONDS
            if is_ours and is_settled and remove_home(home):
                removed.append(path)
        except FileNotFoundError:
            continue  # another swept it
    return removed


def remove_home(home: Home) -> bool:
    """Remove a home on which no server runs, also where its last process still writes a file; whether it is gone."""
    try:
        lock = os.open(home.lock_file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        lock = -1
    try:
        if lock >= 0:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for _ in range(_ATTEMPTS):
            shutil.rmtree(home.path, ignore_errors=True)
            if not home.path.exists():
                return True
            time.sleep(_PAUSE_SECONDS)
        return False
    except BlockingIOError:
        return False
    finally:
        if lock >= 0:
            os.close(lock)
