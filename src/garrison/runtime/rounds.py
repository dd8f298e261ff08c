"""Let tasks come round, each in a thread of its own, on the one node of an account that leads."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from garrison.errors import GarrisonError
from garrison.logs import get_logger

if TYPE_CHECKING:
    from garrison.services.background import Task, Workplace
    from garrison.store import Lease, Store

LEASE_NAME = "background"
LEASE_TIME = timedelta(seconds=30)
_LONGEST_PAUSE_SECONDS = 60.0

_log = get_logger(__name__)


class Leadership:
    """Whether this node is the one that delivers, signs and sends for the account."""

    def __init__(self, store: Store, holder: str) -> None:
        self._store = store
        self._holder = holder
        self._lock = threading.Lock()
        self._lease: Lease | None = None
        self._look_at = 0.0

    def is_held(self) -> bool:
        """Whether it is, asked of the store a few times within the lease's time."""
        with self._lock:
            if time.monotonic() >= self._look_at:
                self._lease = self._hold()
                self._look_at = time.monotonic() + LEASE_TIME.total_seconds() / 3
            return self._lease is not None

    def give_up(self) -> None:
        """Let another node lead."""
        with self._lock:
            if self._lease is not None:
                self._store.release_lease(self._lease)
                self._lease = None

    def _hold(self) -> Lease | None:
        if self._lease is not None and (renewed := self._store.renew_lease(self._lease, LEASE_TIME)) is not None:
            return renewed
        return self._store.acquire_lease(LEASE_NAME, self._holder, LEASE_TIME)


def come_round(task: Task, place: Workplace, leadership: Leadership, stop: threading.Event) -> None:
    """Run a task until told to stop; where it fails it is logged and tried again, ever more slowly."""
    rest = task.every.total_seconds()
    pause = rest
    while not stop.wait(pause):
        try:
            if leadership.is_held():
                task.work(place)
            pause = rest
        except Exception as problem:
            if not isinstance(problem, GarrisonError):
                _log.exception("task_failed", task=task.name)
            else:
                _log.warning("task_failed", task=task.name, cause=str(problem))
            pause = min(max(pause * 2, rest), max(rest, _LONGEST_PAUSE_SECONDS))
