"""Keys that were opened with effort, kept in memory for a while, so that not every use opens them again."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class KeptOpen(Generic[K, V]):
    """What was opened, by what it was opened of, those opened first going first; shared by threads, and shows nothing of itself."""

    def __init__(self, most: int, longest: timedelta) -> None:
        self._most, self._longest = most, longest
        self._opened: OrderedDict[K, tuple[datetime, V]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, at: datetime) -> V | None:
        """What was opened not too long ago, nor later than now."""
        found = self._opened.get(key)
        return found[1] if found is not None and abs(at - found[0]) < self._longest else None

    def put(self, key: K, at: datetime, opened: V) -> None:
        """Keep what was opened; what is too old or too much goes."""
        with self._lock:
            self._opened.pop(key, None)
            self._opened[key] = at, opened
            while len(self._opened) > self._most or at - next(iter(self._opened.values()))[0] >= self._longest:
                self._opened.popitem(last=False)

    def drop(self, key: K) -> None:
        """Keep something no longer."""
        with self._lock:
            self._opened.pop(key, None)
