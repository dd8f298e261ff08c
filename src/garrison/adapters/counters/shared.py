"""Counts that the worker processes of a host have in common: a folder with one mapped file a rule."""

from __future__ import annotations

import hashlib
import os
import time
import weakref
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from garrison.adapters.counters.table import Table
from garrison.logs import get_logger
from garrison.waf.rates import Count, MemoryCounters

_PREFIX, _SUFFIX = "rate-1-", ".counts"
_MOST_OPEN = 256
"""Rules that a process has mapped; with each it takes at most five megabytes of the folder."""
_TOUCHED_EVERY_SECONDS = 600.0
_KEPT_SECONDS = 3600.0
"""Files that no process has touched for so long belong to rules that are gone."""

_log = get_logger(__name__)
_opened: weakref.WeakValueDictionary[Path, Table] = weakref.WeakValueDictionary()
_opening = Lock()


class SharedCounters:
    """`Counters` between processes that are given the same folder; a worker may be killed at any time.

    Where the folder cannot be used (full, not writable) the process counts by itself, and the log says so.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._tables: OrderedDict[str, tuple[Table, float]] = OrderedDict()
        self._lock = Lock()
        self._alone = MemoryCounters()
        self._is_alone = False

    @property
    def is_alone(self) -> bool:
        """Whether the process counts by itself because the folder could not be used."""
        return self._is_alone

    def hit(self, rule: str, key: bytes, window_seconds: int, now: float) -> int:
        """See `Counters.hit`."""
        table = self._table(rule)
        return table.hit(key, window_seconds, now) if table else self._alone.hit(rule, key, window_seconds, now)

    def absorb(self, rule: str, key: bytes, window_seconds: int, bucket: int, requests: int, now: float) -> None:
        """See `Absorbing.absorb`."""
        table = self._table(rule)
        if table is None:
            self._alone.absorb(rule, key, window_seconds, bucket, requests, now)
        else:
            table.absorb(key, window_seconds, bucket, requests, now)

    def over(self, rule: str, limit: int, window_seconds: int, now: float) -> list[Count]:
        """See `Counters.over`."""
        table = self._table(rule)
        return table.over(limit, window_seconds, now) if table else self._alone.over(rule, limit, window_seconds, now)

    def _table(self, rule: str) -> Table | None:
        found = self._tables.get(rule)
        now = time.monotonic()
        if found is not None and now - found[1] < _TOUCHED_EVERY_SECONDS:
            return found[0]
        with self._lock:
            return self._open(rule, now)

    def _open(self, rule: str, now: float) -> Table | None:
        name = hashlib.sha256(rule.encode()).hexdigest()[:32]
        path = self._folder.resolve() / f"{_PREFIX}{name}{_SUFFIX}"
        try:
            with _opening:
                table = _opened.get(path)
                if table is None or not path.exists():
                    self._clear()
                    table = _opened[path] = Table(path)
            table.touch()
        except (OSError, ValueError) as problem:
            if not self._is_alone:
                _log.warning("rate_counts_not_shared", folder=str(self._folder), problem=str(problem))
            self._is_alone = True
            return None
        self._tables[rule] = table, now
        if len(self._tables) > _MOST_OPEN:
            self._tables.popitem(last=False)
        return table

    def _clear(self) -> None:
        """Remove the files of rules that are gone."""
        oldest = time.time() - _KEPT_SECONDS
        for path in self._folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def _after_fork() -> None:
    global _opening  # noqa: PLW0603
    _opening = Lock()
    for table in list(_opened.values()):
        table.after_fork()


os.register_at_fork(after_in_child=_after_fork)
