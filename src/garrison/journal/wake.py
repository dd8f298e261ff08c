"""Tells the sequencer, across processes, that something waits: a named pipe beside the spools."""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from pathlib import Path

from garrison.journal.files import FILE_MODE, make_folder

PIPE_NAME = "wake"
SPARING_SECONDS = 0.02
"""Pokes nearer to each other than this are dropped: for that long the sequencer looks again by itself."""


class Wake:
    """One process's end of the pipe. A poke never blocks and never fails; who listens may be away."""

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        self._path = folder / PIPE_NAME
        with suppress(FileExistsError):
            os.mkfifo(self._path, FILE_MODE)
        # Read and write, so that the pipe never reports end of file and a poke never finds it without a reader.
        self._fd = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
        self._last = 0.0

    def poke(self) -> None:
        """Wake whoever waits."""
        now = time.monotonic()
        if now - self._last < SPARING_SECONDS:
            return
        self._last = now
        with suppress(OSError):  # a full pipe wakes as well
            os.write(self._fd, b"\0")

    def wait(self, timeout: float) -> bool:
        """Wait for a poke, at most `timeout` seconds; whether there was one."""
        ready, _, _ = select.select([self._fd], [], [], timeout)
        if ready:
            with suppress(OSError):
                os.read(self._fd, 65536)
        return bool(ready)

    def close(self) -> None:
        """Let go of the pipe."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
