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
    """Before the answer leaves, one fsync for all answers waiting."""
    INTERVAL = "interval"
    """Written before the answer leaves, so that it outlives the process; fsynced at most a second later."""
    NEVER = "never"
    """Written before the answer leaves; the kernel decides when it reaches the disk."""


class _Segment:
    def __init__(self, path: Path, *, sync: bool) -> None:
        header = HEADER.pack(MAGIC, VERSION, 0, 0)
        self.fd = create_whole(path, header, locked=True, sync=sync)
        self.path = path
        self.size = len(header)


class Spool:
    """The writing end of one lane; thread-safe. Only one may be open for a lane at a time, by the caller's care.

    After a failed fsync nothing says which bytes the disk holds, so the spool refuses everything until it is made anew
    (`is_broken`); a full disk or ceiling is refused event by event and passes.
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
        self._wake = Wake(folder)
        self._number = self._highest_number()
        self._closing = threading.Event()
        self._timer: threading.Thread | None = None

    def append(self, event_id: str, payload: bytes) -> None:
        """Put an event where it outlives this process; `flush` makes it outlive the machine.

        Raises `SpoolFull` at the ceiling, `JournalUnavailable` where it cannot be written, `ValueError` where it is
        too large.
        """
        record = encode_record(event_id, payload)
        with self._lock:
            if self._broken:
                raise self._broken
            try:
                segment = self._segment
                if segment is None or segment.size + len(record) > self._max_segment_bytes:
                    segment = self._next_segment()
                write_at(segment.fd, record, segment.size)
            except OSError as error:
                raise unavailable(self.folder, error) from error
            segment.size += len(record)
            self._appended += 1
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
            retired, self._retired = self._retired, []
            current = self._segment
        try:
            for segment in retired:
                os.fdatasync(segment.fd)
            if current is not None:
                os.fdatasync(current.fd)
        except OSError as error:
            self._broken = unavailable(self.folder, error)
            raise self._broken from error
        finally:
            for segment in retired:
                os.close(segment.fd)
        self._synced = target

    def _next_segment(self) -> _Segment:
        spooled = sum(self._sizes())
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
