"""A stretch of an open file, as a file of its own: how entries of archives are read without being unpacked."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import BinaryIO, cast


@dataclass(frozen=True, slots=True)
class Extent:
    """Bytes of a file that somebody else keeps open."""

    handle: int
    offset: int
    size: int

    def read(self, most: int, at: int = 0) -> bytes:
        """At most so many bytes from a place in it; fewer where it ends."""
        wanted = max(0, min(most, self.size - at))
        return os.pread(self.handle, wanted, self.offset + at) if wanted else b""

    def part(self, offset: int, size: int) -> Extent:
        """A stretch of it, cut where it ends."""
        start = min(offset, self.size)
        return Extent(self.handle, self.offset + start, max(0, min(size, self.size - start)))

    def open(self) -> BinaryIO:
        """It as a file to seek in."""
        return cast("BinaryIO", io.BufferedReader(_Reader(self)))


class _Reader(io.RawIOBase):
    def __init__(self, extent: Extent) -> None:
        self._extent = extent
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._extent.size}[whence]
        if start + offset < 0:
            raise ValueError("a place before the beginning")
        self._place = start + offset
        return self._place

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        found = self._extent.read(len(buffer), self._place)
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)
