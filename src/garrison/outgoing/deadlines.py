"""One deadline for a whole conversation: each read has a timeout of its own, which alone would let an answer drip in for hours."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from threading import Timer


@contextlib.contextmanager
def cut_off_after(seconds: float, connected: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Shut the conversation's socket down once the time is over; what waits on it then fails with an `OSError`."""
    watchdog = Timer(max(seconds, 0.01), _cut_off, [connected])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _cut_off(connected: Callable[[], socket.socket | None]) -> None:
    found = connected()
    if found is not None:
        with contextlib.suppress(OSError):
            found.shutdown(socket.SHUT_RDWR)
