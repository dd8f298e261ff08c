"""The queue of a SQLite file's writers, so that none starves however many processes write."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path


class WriterQueue:
    """Lets one writer at a time at the file, of all threads and processes.

    SQLite's own waiting is polling with growing pauses, in which an unlucky writer starves for seconds; here the kernel wakes
    the next one. SQLite's lock still guards the file against programs that do not queue.
    """

    __slots__ = ("_file", "_threads")

    def __init__(self, path: Path) -> None:
        self._threads = threading.Lock()
        self._file = os.open(lock_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def enter(self) -> None:
        """Wait for one's turn."""
        self._threads.acquire()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def leave(self) -> None:
        """Let the next one in."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def close(self) -> None:
        """Give the file back; the kernel does the same for a process that dies."""
        with self._threads:
            os.close(self._file)


def lock_path(path: Path) -> Path:
    """The file beside a store by whose lock its writers queue, and its openers."""
    return path.with_name(f"{path.name}.lock")
