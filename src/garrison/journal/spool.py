"""A worker's own lane of events: appended without waiting, durable by group commit, drained by the sequencer.

A lane is a row of segment files `<lane>.<number>.<token>.spool`. Its writer holds the lock of every segment that it may
still write or sync; a segment without a lock is complete and goes away once sequenced. Segment names are never used
twice, so an offset into one stays true for ever.
"""

from __future__ import annotations

import os
import re
import secrets
import struct
import threading
from enum import Enum
from pathlib import Path

from garrison.journal.entries import encode_record
from garrison.journal.failures import JournalUnavailable, SpoolFull, unavailable
from garrison.journal.files import create_whole, make_folder, write_at
from garrison.journal.wake import Wake

SUFFIX = ".spool"
VERSION = 1
HEADER = struct.Struct("<8sHHI")
MAGIC = b"GRSNSPOL"
DEFAULT_SEGMENT_BYTES = 8 * 1024 * 1024
DEFAULT_CEILING_BYTES = 1024**3
INTERVAL_SECONDS = 1.0

_LANE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"\.([0-9]{12})\.[0-9a-f]{16}\.spool")


class FsyncMode(Enum):
    """When an event of a spool reaches the disk."""

    ALWAYS = "always"
    """Written and fsynced before the answer leaves, once for all answers waiting."""
    INTERVAL = "interval"
    """Written before the answer leaves, so that it outlives the process; fsynced at most a second later."""
    NEVER = "never"
    """Written before the answer leaves; the kernel decides when it reaches the disk."""


class _Segment:
    """A file of a lane, and the records that are not yet written to it."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        header = HEADER.pack(MAGIC, VERSION, 0, 0)
        self.fd = create_whole(path, header, locked=True, sync=sync)
        self.path = path
        self.size = len(header)
        """Its size once all its records are written."""
        self._written = self.size
        self._unwritten: list[bytes] = []

    def add(self, record: bytes) -> None:
        """Take a record, for `write`. Any thread may."""
        self._unwritten.append(record)
        self.size += len(record)

    @property
    def unwritten_bytes(self) -> int:
        """What the records that are not yet written take."""
        return self.size - self._written

    def append(self, record: bytes) -> None:
        """Write a record at once. Raises `OSError`, and does not keep it then."""
        write_at(self.fd, record, self._written)
        self._written = self.size = self._written + len(record)

    def write(self) -> None:
        """Write the records taken so far, all or none; one thread at a time. Raises `OSError`, and keeps them then."""
        records = self._unwritten[:]
        if records:
            data = b"".join(records)
            write_at(self.fd, data, self._written)
            self._written += len(data)
            del self._unwritten[: len(records)]


class Spool:
    """The writing end of one lane; thread-safe. Only one may be open for a lane at a time, by the caller's care.

    In mode `always` events are written by `flush`, all that wait at once: an appending event loop never waits for the disk.
    After a failed fsync nothing says which bytes the disk holds, so the spool refuses everything until it is made anew
    (`is_broken`). A full disk or ceiling passes: what could not be written stays pending, is not acknowledged, and goes
    first once there is room.
    """

    def __init__(
        self,
        folder: Path,
        lane: str,
        mode: FsyncMode = FsyncMode.ALWAYS,
        *,
        max_segment_bytes: int = DEFAULT_SEGMENT_BYTES,
        ceiling_bytes: int = DEFAULT_CEILING_BYTES,
    ) -> None:
        if not _LANE.fullmatch(lane):
            raise ValueError(f"a lane is named with letters, digits, _ and -, not {lane!r}")
        make_folder(folder)
        self.folder = folder
        self.lane = lane
        self.mode = mode
        self._max_segment_bytes = min(max_segment_bytes, ceiling_bytes // 4)
        self._ceiling_bytes = ceiling_bytes
        self._lock = threading.Lock()
        self._sync_lock = threading.Lock()
        self._segment: _Segment | None = None
        self._retired: list[_Segment] = []
        self._appended = 0
        self._synced = 0
        self._broken: JournalUnavailable | None = None
        self._is_stuck = False
        self._wake = Wake(folder)
        self._number = self._highest_number()
        self._closing = threading.Event()
        self._timer: threading.Thread | None = None

    def append(self, event_id: str, payload: bytes) -> None:
        """Take an event, which `flush` makes durable; in the modes without waiting it outlives this process at once.

        Raises `SpoolFull` at the ceiling, `JournalUnavailable` where it cannot be written, `ValueError` where it is
        too large.
        """
        record = encode_record(event_id, payload)
        if self._is_stuck:
            self.flush()  # what waits must not grow while the disk is full
        with self._lock:
            if self._broken:
                raise self._broken
            try:
                segment = self._segment
                if segment is None or segment.size + len(record) > self._max_segment_bytes:
                    segment = self._next_segment()
                if self.mode is FsyncMode.ALWAYS:
                    segment.add(record)
                else:
                    segment.append(record)
            except OSError as error:
                raise unavailable(self.folder, error) from error
            self._appended += 1
        if self.mode is FsyncMode.ALWAYS:
            return
        self._wake.poke()
        if self.mode is FsyncMode.INTERVAL and self._timer is None:
            self._start_timer()

    def wake(self) -> None:
        """Wake the sequencer for something that waits elsewhere, such as in the outbox."""
        self._wake.poke()

    @property
    def pending(self) -> bool:
        """Whether something is appended that no fsync covers yet."""
        return self._appended > self._synced

    @property
    def is_broken(self) -> bool:
        """Whether an fsync failed, after which only a new spool can promise anything."""
        return self._broken is not None

    def flush(self) -> None:
        """Fsync everything appended so far, with one fsync for all callers waiting; nothing in mode `never`.

        Raises `JournalUnavailable`, and then none of it may be acknowledged.
        """
        if self.mode is FsyncMode.NEVER:
            return
        target = self._appended
        if self._synced >= target:
            return
        with self._sync_lock:
            if self._broken:
                raise self._broken
            if self._synced < target:
                self._sync()

    def close(self) -> None:
        """Flush, and leave the lane to the sequencer."""
        self._closing.set()
        if self._timer is not None:
            self._timer.join()
            self._timer = None
        try:
            if not self._broken:
                self.flush()
        finally:
            with self._sync_lock, self._lock:
                for segment in [*self._retired, *([self._segment] if self._segment else [])]:
                    os.close(segment.fd)
                self._retired, self._segment = [], None
                self._broken = self._broken or JournalUnavailable(f"The spool {self.lane} is closed.")
            self._wake.poke()
            self._wake.close()

    def _sync(self) -> None:
        with self._lock:
            target = self._appended
            retired = self._retired[:]
            segments = retired + ([self._segment] if self._segment is not None else [])
        self._write(segments)
        try:
            for segment in segments:
                os.fdatasync(segment.fd)
        except OSError as error:
            self._broken = unavailable(self.folder, error)
            raise self._broken from error
        finally:
            with self._lock:
                del self._retired[: len(retired)]
            for segment in retired:
                os.close(segment.fd)
        self._synced = target

    def _write(self, segments: list[_Segment]) -> None:
        try:
            for segment in segments:
                segment.write()
        except OSError as error:
            self._is_stuck = True
            raise unavailable(self.folder, error) from error
        self._is_stuck = False
        self._wake.poke()

    def _next_segment(self) -> _Segment:
        mine = [*self._retired, *([self._segment] if self._segment else [])]
        spooled = sum(self._sizes()) + sum(segment.unwritten_bytes for segment in mine)
        if spooled > self._ceiling_bytes - self._max_segment_bytes:
            raise SpoolFull(
                f"{spooled} bytes of events wait in {self.folder}, up to the ceiling of {self._ceiling_bytes}: "
                "the background process does not keep up or does not run.",
                "too many events wait to be sequenced",
            )
        self._number += 1
        name = f"{self.lane}.{self._number:012d}.{secrets.token_hex(8)}{SUFFIX}"
        segment = _Segment(self.folder / name, sync=self.mode is not FsyncMode.NEVER)
        if self._segment is not None:
            if self.mode is FsyncMode.NEVER:
                os.close(self._segment.fd)
            else:
                self._retired.append(self._segment)
        self._segment = segment
        return segment

    def _sizes(self) -> list[int]:
        sizes = []
        with os.scandir(self.folder) as found:
            for file in found:
                if file.name.endswith(SUFFIX):
                    try:
                        sizes.append(file.stat().st_size)
                    except FileNotFoundError:
                        continue  # sequenced meanwhile
        return sizes

    def _highest_number(self) -> int:
        highest = 0
        for path in self.folder.glob(f"{self.lane}.*{SUFFIX}"):
            match = _NUMBER.fullmatch(path.name[len(self.lane) :])
            highest = max(highest, int(match[1]) if match else 0)
        return highest

    def _start_timer(self) -> None:
        with self._lock:
            if self._timer is None:
                self._timer = threading.Thread(target=self._sync_now_and_then, name=f"spool-{self.lane}", daemon=True)
                self._timer.start()

    def _sync_now_and_then(self) -> None:
        while not self._closing.wait(INTERVAL_SECONDS):
            try:
                self.flush()
            except JournalUnavailable:
                return  # the next append says so
