"""Drains the outbox and all spool lanes into the journal: one leased writer, every event once, none lost at any crash.

The order is: append a batch, sync it, then let the lanes forget it. The batch itself carries how far each spool segment
is sequenced, so a spool's event can never be taken twice; an outbox row that outlived its acknowledgement, and an event
that came by two lanes, fall by their event ids, of which the last `WINDOW` are remembered and read again from the journal.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from garrison.clock import Clock
from garrison.errors import GarrisonError
from garrison.journal.arrivals import Arrivals
from garrison.journal.entries import encode_entry
from garrison.journal.failures import JournalBusy
from garrison.journal.hold import moving
from garrison.journal.journal import Journal
from garrison.journal.lanes import Lanes
from garrison.journal.wake import Wake
from garrison.journal.writer import DEFAULT_SEGMENT_BYTES, JournalWriter
from garrison.logs import get_logger

LEASE_NAME = "journal-sequencer"
LEASE_TIME = timedelta(seconds=10)
WINDOW = 32768
"""How many event ids are remembered: more than one batch can hold, since at most one batch is ever unacknowledged."""
OUTBOX_ROWS = 500
CHUNK_BYTES = 2 * 1024 * 1024
BATCH_BYTES = 8 * 1024 * 1024
SHORTEST_PAUSE = 0.02
LONGEST_PAUSE = 0.2
BUSY_EVENTS = 20
BUSY_PAUSE = 0.1
"""After a batch of so many events: what a batch costs by itself is shared by more, and seen a little later."""
_PAUSE_WITHOUT_WORK = 1.0

_log = get_logger(__name__)


class Row(Protocol):
    """An event that waits in the outbox."""

    @property
    def seq(self) -> int:
        """Where it stands in the outbox."""

    @property
    def event_id(self) -> str:
        """The event's id."""

    @property
    def payload(self) -> bytes:
        """The event."""


class Outbox(Protocol):
    """The store's outbox: events committed with the changes that they record."""

    def outbox_read(self, limit: int, after: int = 0) -> Sequence[Row]:
        """The oldest rows after a sequence number."""

    def outbox_acknowledge(self, up_to_seq: int) -> None:
        """Forget the rows up to a sequence number."""


class Leases(Protocol):
    """The store's leases: who may do what only one may do."""

    def acquire_lease(self, name: str, holder: str, ttl: timedelta) -> Any:
        """A lease; None where another holds it."""

    def renew_lease(self, lease: Any, ttl: timedelta) -> Any:
        """The lease, prolonged; None where it was lost."""

    def release_lease(self, lease: Any) -> None:
        """Give a lease back."""


class EventWindow:
    """The ids of the last events, to know one that comes again."""

    def __init__(self, size: int = WINDOW) -> None:
        self._size = size
        self._order: deque[str] = deque()
        self._known: set[str] = set()

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._known

    def add(self, event_id: str) -> None:
        """Remember an id, and forget the oldest beyond the size."""
        self._known.add(event_id)
        self._order.append(event_id)
        if len(self._order) > self._size:
            self._known.discard(self._order.popleft())


@dataclass(slots=True)
class _Batch:
    """What one round takes from the lanes."""

    ids: dict[str, None] = field(default_factory=dict)
    entries: list[bytes] = field(default_factory=list)
    size: int = 0
    outbox_seq: int | None = None
    offsets: dict[str, int] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)
    taken: int = 0
    """How many events came, duplicates too."""


class Sequencer:
    """The one that orders events. Many may run; the lease and the journal's lock let one of them work."""

    def __init__(
        self,
        outbox: Outbox,
        leases: Leases,
        spools_folder: Path,
        journal_folder: Path,
        holder: str,
        clock: Clock,
        *,
        max_segment_bytes: int = DEFAULT_SEGMENT_BYTES,
        sync: bool = True,
        arrivals: Arrivals | None = None,
    ) -> None:
        self._outbox = outbox
        self._leases = leases
        self._holder = holder
        self._clock = clock
        self._arrivals = arrivals
        self._journal = Journal(journal_folder, max_segment_bytes=max_segment_bytes, sync=sync)
        self._lanes = Lanes(spools_folder)
        self._wake = Wake(spools_folder)
        self._lease: Any = None
        self._renew_at = 0.0
        self._writer: JournalWriter | None = None
        self._window = EventWindow()
        self._offsets: dict[str, int] = {}
        self.trouble: str | None = None
        """Why sequencing does not go on, None where it does."""

    @property
    def is_leading(self) -> bool:
        """Whether this one held the lease when it last looked."""
        return self._writer is not None

    def run_once(self) -> int:
        """Drain everything that waits; gives the number of events appended, 0 where another holds the lease.

        Raises `JournalUnavailable` or `OperatorError`; what was not appended still waits then.
        """
        appended = 0
        while (batch := self._sequence_batch()) is not None and batch.taken:
            appended += len(batch.entries)
        return appended

    def run(self, stop: threading.Event) -> None:
        """Sequence until `stop` is set. Failures are logged and tried again."""
        pause = SHORTEST_PAUSE
        while not stop.is_set():
            try:
                batch = self._sequence_batch()
                self.trouble = None
            except Exception as error:
                self.trouble = str(error)
                _log.error("sequencing_failed", reason=str(error), exc_info=not isinstance(error, GarrisonError))
                batch = None
            self._tell()
            if batch is None:
                stop.wait(_PAUSE_WITHOUT_WORK)
            elif batch.taken:
                pause = SHORTEST_PAUSE
                if batch.size < BATCH_BYTES:
                    # What comes meanwhile shares one sync and one acknowledgement.
                    stop.wait(SHORTEST_PAUSE if batch.taken < BUSY_EVENTS else BUSY_PAUSE)
            else:
                pause = SHORTEST_PAUSE if self._wake.wait(pause) else min(pause * 1.5, LONGEST_PAUSE)

    def _tell(self) -> None:
        """Tell this process's readers how far the journal is, also where another sequences."""
        if self._arrivals is not None:
            writer = self._writer
            self._arrivals.tell(writer.last_sequence if writer is not None else self._journal.last_position())

    def _sequence_batch(self) -> _Batch | None:
        """Take what waits, at most a batch, into the journal; None where another holds the lease, or the journal still."""
        writer = self._lead()
        if writer is None:
            return None
        with moving(self._journal.folder) as may_move:
            if not may_move:
                return None
            batch = self._gather()
            try:
                self._commit(writer, batch)
            except BaseException:
                self._step_down()
                raise
            return batch

    def close(self) -> None:
        """Let another lead."""
        self._step_down()
        if self._lease is not None:
            self._leases.release_lease(self._lease)
            self._lease = None
        self._wake.close()

    def _lead(self) -> JournalWriter | None:
        """The journal's writer, for as long as the lease is held."""
        now = time.monotonic()
        if self._lease is None or now >= self._renew_at:
            if self._lease is not None:
                self._lease = self._leases.renew_lease(self._lease, LEASE_TIME)
            if self._lease is None:
                self._lease = self._leases.acquire_lease(LEASE_NAME, self._holder, LEASE_TIME)
            if self._lease is None:
                self._step_down()
                return None
            self._renew_at = now + LEASE_TIME.total_seconds() / 3
        if self._writer is None:
            try:
                writer = self._journal.writer()
            except JournalBusy:
                return None  # the holder before is still at it
            self._writer = writer
            try:
                self._remember(writer)
            except BaseException:
                self._step_down()
                raise
        return self._writer

    def _remember(self, writer: JournalWriter) -> None:
        self._window = EventWindow()
        for event_id in writer.recent_ids(WINDOW):
            self._window.add(event_id)
        self._offsets = dict(writer.marks)

    def _step_down(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _gather(self) -> _Batch:
        batch = _Batch()
        for row in self._outbox.outbox_read(OUTBOX_ROWS):
            if batch.size >= BATCH_BYTES:
                break
            self._take(batch, row.event_id, encode_entry(row.event_id, row.payload))
            batch.outbox_seq = row.seq
        names = self._lanes.names()
        self._offsets = {name: offset for name, offset in self._offsets.items() if name in set(names)}
        lanes: dict[str, list[str]] = {}
        for name in names:
            lanes.setdefault(name.partition(".")[0], []).append(name)
        share = max(CHUNK_BYTES, BATCH_BYTES // max(len(lanes), 1))
        for segments in lanes.values():
            self._gather_lane(batch, segments, share)
        return batch

    def _gather_lane(self, batch: _Batch, segments: list[str], share: int) -> None:
        limit = batch.size + share
        for name in segments:
            if batch.size >= min(limit, BATCH_BYTES):
                return
            offset = self._offsets.get(name, 0)
            chunk = self._lanes.read(name, offset, CHUNK_BYTES)
            if chunk is None:
                continue
            for event_id, entry in chunk.events:
                self._take(batch, event_id, entry)
            batch.offsets[name] = chunk.end
            if chunk.is_finished:
                batch.finished.append(name)
            elif chunk.events:
                return  # more may follow here before the lane's next segment

    def _take(self, batch: _Batch, event_id: str, entry: bytes) -> None:
        batch.taken += 1
        if event_id not in self._window and event_id not in batch.ids:
            batch.ids[event_id] = None
            batch.entries.append(entry)
            batch.size += len(entry)

    def _commit(self, writer: JournalWriter, batch: _Batch) -> None:
        offsets = self._offsets | batch.offsets
        if batch.entries:
            writer.append(batch.entries, self._clock.now(), offsets)
        for event_id in batch.ids:
            self._window.add(event_id)
        for name in batch.finished:
            offsets.pop(name, None)
        self._offsets = offsets
        if batch.outbox_seq is not None:
            self._outbox.outbox_acknowledge(batch.outbox_seq)
        self._lanes.delete(batch.finished)
