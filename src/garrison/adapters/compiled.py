"""Compiled patterns on the disk: seconds of work that no restart and no other worker process repeats."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

from garrison.adapters.kept import replace_private
from garrison.logs import get_logger

log = get_logger("garrison.waf")

_KEY = re.compile(r"[0-9a-f]{16,128}")
_SUFFIX = ".patterns"
MOST_BYTES = 512 << 20
"""Of the folder; beyond it what was not used for longest goes."""
MOST_FILE_BYTES = 128 << 20


class FolderCache:
    """A `PatternCache` in a folder of its own. Files that others could have written are not read: a database is trusted code."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def get(self, key: str) -> bytes | None:
        """See `PatternCache.get`."""
        path = self._path(key)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not _is_ours(found) or found.st_size > MOST_FILE_BYTES:
                return None
            with suppress(OSError):
                os.utime(descriptor)
            return file.read()

    def put(self, key: str, value: bytes) -> None:
        """See `PatternCache.put`."""
        path = self._path(key)
        try:
            replace_private(path, value, is_durable=False)
            self._make_room()
        except OSError as problem:
            log.warning("patterns_not_kept", folder=str(self._folder), reason=problem.strerror)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("a key is made of hex digits")
        return self._folder / f"{key}{_SUFFIX}"

    def _make_room(self) -> None:
        files = [(path, path.stat()) for path in self._folder.glob(f"*{_SUFFIX}")]
        left = sum(found.st_size for _, found in files)
        for path, found in sorted(files, key=lambda each: each[1].st_mtime):
            if left <= self._most_bytes:
                return
            path.unlink(missing_ok=True)
            left -= found.st_size


def _is_ours(found: os.stat_result) -> bool:
    writable_by_others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not writable_by_others
