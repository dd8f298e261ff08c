"""What the journal raises when it cannot promise that an event is kept."""

from __future__ import annotations

import errno
from pathlib import Path

from garrison.errors import GarrisonError

_FULL = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file size limit is reached",
}


class JournalUnavailable(GarrisonError):
    """An event could not be made durable: the call it records must not be answered as done."""

    def __init__(self, message: str, reason: str = "the server's log says why") -> None:
        """`message` is for the operator, `reason` for callers: it names no place of this machine."""
        super().__init__(message)
        self.reason = reason


class SpoolFull(JournalUnavailable):
    """Events wait unsequenced up to the ceiling: the sequencer is away or too slow."""


class JournalBusy(JournalUnavailable):
    """Another process writes to the journal."""


class InvalidCursor(GarrisonError):
    """A cursor that this index did not give, or that belongs to another query."""


def unavailable(path: Path, error: OSError) -> JournalUnavailable:
    """What an operating system error means for whoever waits for durability."""
    reason = _FULL.get(error.errno or 0) or error.strerror or "the system gave no reason"
    return JournalUnavailable(f"Nothing can be written to {path}: {reason}.", reason)
