"""Tell without a system call whether anything was committed to a SQLite file in write-ahead-log mode.

SQLite keeps an index of its log in a file that all processes map (`…-shm`). It begins with a header of 48 bytes, twice, with a
change counter, the number of frames, salts and checksums: SQLite's own readers take two equal headers that are the same as
before to mean that nothing was committed since, and so do we. https://sqlite.org/walformat.html, "The WAL-Index File Format".
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path

_HEADER_BYTES = 48
_VERSION = (3_007_000).to_bytes(4, "little")


class LogIndex:
    """A look at the header, for as long as the process lives.

    The file must never be closed again while SQLite has it open: closing any descriptor of a file gives up all of the process's
    POSIX locks on it, SQLite's too (https://sqlite.org/howtocorrupt.html, 2.2). So this is for servers that open a store once.
    """

    def __init__(self, database: Path) -> None:
        """`database` is the SQLite file, which a connection of this process has open and has read from."""
        self._descriptor = os.open(database.with_name(f"{database.name}-shm"), os.O_RDONLY | os.O_CLOEXEC)
        self._map = mmap.mmap(self._descriptor, mmap.PAGESIZE, prot=mmap.PROT_READ)

    def mark(self) -> bytes | None:
        """The header, None while a writer changes it; the same bytes again mean the same state."""
        both = self._map[: 2 * _HEADER_BYTES]
        header = both[:_HEADER_BYTES]
        return header if header == both[_HEADER_BYTES:] and header[:4] == _VERSION else None
