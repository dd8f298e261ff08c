"""The one clock: every time in Garrison comes from here, so that tests can set it."""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

_OFFSET = struct.Struct("<d")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock plus an offset kept in a file, which a test may change while the server runs.

    The file holds one little-endian double, in seconds; all processes that map it see a change at once.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_OFFSET.pack(0.0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _OFFSET.size)

    def now(self) -> datetime:
        """The current time plus the offset, aware, in UTC."""
        return datetime.fromtimestamp(time.time() + _OFFSET.unpack_from(self._map)[0], UTC)

    def shift(self, by: timedelta) -> None:
        """Move the clock by this much from where it stands."""
        _OFFSET.pack_into(self._map, 0, _OFFSET.unpack_from(self._map)[0] + by.total_seconds())

    def set(self, at: datetime) -> None:
        """Move the clock so that it reads `at` now."""
        _OFFSET.pack_into(self._map, 0, at.timestamp() - time.time())
