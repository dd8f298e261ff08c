"""The reading end of all spool lanes: what waits in each segment, also in those whose writer has died."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from garrison.errors import OperatorError
from garrison.journal.entries import Damaged, Torn, read_record, record_after_damage
from garrison.journal.files import is_locked, replace_whole, sync_folder
from garrison.journal.spool import HEADER, MAGIC, SUFFIX, VERSION
from garrison.logs import get_logger

_log = get_logger(__name__)


@dataclass(slots=True)
class Chunk:
    """A piece of a spool segment."""

    name: str
    """The segment's file name: unique for ever."""
    end: int
    """The offset after the last record read."""
    is_finished: bool
    """Whether nothing follows and its writer is gone, so that it may be deleted once sequenced."""
    events: list[tuple[str, bytes]] = field(default_factory=list)
    """Event ids and entries."""


class Lanes:
    """All spool segments of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """The segments' names, each lane's in the order in which they were written."""
        try:
            return sorted(name for name in os.listdir(self.folder) if name.endswith(SUFFIX))
        except FileNotFoundError:
            return []

    def read(self, name: str, offset: int, max_bytes: int) -> Chunk | None:
        """The whole records of a segment from an offset (0 for its beginning) on; None where it is gone.

        Raises `OperatorError` for a segment of another version.
        """
        path = self.folder / name
        try:
            fd = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            # The lock before the bytes: once it is free nothing can follow what is read.
            has_writer = is_locked(fd)
            header = os.pread(fd, HEADER.size, 0)
            if not any(header) and not has_writer:
                return Chunk(name, 0, is_finished=True)  # never synced, and the machine went down
            _check_header(path, header)
            offset = offset or HEADER.size
            data = os.pread(fd, max_bytes, offset)
            chunk, is_damaged = _split(name, data, offset)
            is_all = offset + len(data) >= os.fstat(fd).st_size
            if has_writer or not (is_all or is_damaged):
                return chunk
            return self._finish(fd, chunk)
        finally:
            os.close(fd)

    def size_bytes(self) -> int:
        """What the segments take on the disk: no more than a segment a lane where all is sequenced."""
        total = 0
        for name in self.names():
            with suppress(FileNotFoundError):
                total += (self.folder / name).stat().st_size
        return total

    def delete(self, names: list[str]) -> None:
        """Delete sequenced segments, for good: one that came back after a power failure would be sequenced again."""
        for name in names:
            with suppress(FileNotFoundError):
                (self.folder / name).unlink()
        if names:
            sync_folder(self.folder)

    def _finish(self, fd: int, chunk: Chunk) -> Chunk:
        """Keep aside what follows a torn or damaged record, and take whole records from it: nothing is destroyed."""
        rest = os.pread(fd, os.fstat(fd).st_size, chunk.end)
        if any(rest):
            kept = self.folder / f"{chunk.name}.{chunk.end}.damaged"
            replace_whole(kept, rest)
            _log.error("spool_damaged", segment=chunk.name, offset=chunk.end, kept=kept.name)
        at = 0
        while (following := record_after_damage(rest, at)) is not None:
            more, _ = _split(chunk.name, rest[following:], 0)
            chunk.events.extend(more.events)
            at = following + more.end
        chunk.end += len(rest)
        chunk.is_finished = True
        return chunk


def _split(name: str, data: bytes, offset: int) -> tuple[Chunk, bool]:
    """The whole records at the beginning of `data`, and whether a damaged one ended them."""
    events: list[tuple[str, bytes]] = []
    at = 0
    is_damaged = False
    try:
        while at < len(data):
            event_id, entry, at = read_record(data, at)
            events.append((event_id, entry))
    except Torn:
        pass
    except Damaged:
        is_damaged = True
    return Chunk(name, offset + at, is_finished=False, events=events), is_damaged


def whole_bytes(fd: int) -> int:
    """How much of an open spool segment a copy should take: all, but not the record that its writer is just at."""
    size = os.fstat(fd).st_size
    is_written = is_locked(fd)
    if not is_written:
        fcntl.flock(fd, fcntl.LOCK_UN)
        return size
    chunk, is_damaged = _split("", os.pread(fd, size - HEADER.size, HEADER.size), HEADER.size)
    return size if is_damaged else chunk.end


def _check_header(path: Path, data: bytes) -> None:
    if len(data) == HEADER.size:
        magic, version, _, _ = HEADER.unpack(data)
        if magic == MAGIC and version == VERSION:
            return
        if magic == MAGIC:
            raise OperatorError(
                f"{path} has spool format {version}; this Garrison reads and writes format {VERSION}.",
                "Nothing was touched. Start the Garrison that wrote it, or run `garrison upgrade`.",
            )
    raise OperatorError(f"{path} is not a spool.", "Nothing was touched. Move it out of the folder.")
