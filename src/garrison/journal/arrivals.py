"""Tells the readers in the process that sequences how far the journal is, so that none of them looks again and again."""

from __future__ import annotations

import threading


class Arrivals:
    """The end of the journal, as the sequencer tells it after each of its turns."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._last = 0
        self._is_over = False

    def tell(self, last_position: int) -> None:
        """Wake who waits for what came; from one thread only."""
        if last_position > self._last:
            with self._changed:
                self._last = last_position
                self._changed.notify_all()

    def wait(self, after: int, timeout: float | None = None) -> bool:
        """Wait for an event after a position, or for the end; whether there is such an event. At most `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._last > after or self._is_over, timeout)
            return self._last > after

    def end(self) -> None:
        """Wake everyone for good."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
