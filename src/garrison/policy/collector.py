"""Hold Python's cycle collector while very many objects are made that all live on: it would look at them again and again for nothing.

Measured on an account of 5,000 principals (benchmarks/who_can.py): decoding its 20 MB takes 0.1 s in place of 0.9 s of a processor.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class _Holders:
    """How many hold the collector now, in any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0
        self._was_on = True

    def enter(self) -> None:
        with self._lock:
            if not self._count:
                self._was_on = gc.isenabled()
                gc.disable()
            self._count += 1

    def leave(self) -> None:
        with self._lock:
            self._count -= 1
            if not self._count and self._was_on:
                gc.enable()


_holders = _Holders()


@contextmanager
def held_collector() -> Iterator[None]:
    """Collect no cycles inside; several threads may hold it at once, and the last one lets it go."""
    _holders.enter()
    try:
        yield
    finally:
        _holders.leave()
