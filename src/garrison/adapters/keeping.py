"""Keep what was decided: counted at once, told in the background. No request waits for it; what there is no room for is dropped and counted."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Protocol

from garrison.adapters.counting import Counting
from garrison.adapters.forking import anew_in_children
from garrison.adapters.making import Kept, Maker
from garrison.adapters.options import Fail
from garrison.logs import get_logger
from garrison.waf.records import Sample

if TYPE_CHECKING:
    from garrison.adapters.follower import Follower
    from garrison.waf.bundle import Bundle
    from garrison.waf.decision import Decision
    from garrison.waf.request import Request

log = get_logger("garrison.waf")

MOST_WAITING = 10_000
MOST_WAITING_BYTES = 32 * 1024 * 1024
"""What may wait to be told: so many decisions, and so many bytes of their requests."""
FLUSH_SECONDS = 1.0
_BATCH = 500
_SAY_SECONDS = 60.0
_OVERHEAD_BYTES = 2048
"""What a decision takes in memory besides its request's bytes."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a batch of decisions."""

    bundle: Bundle
    kept: Sequence[Kept]
    records: Sequence[dict[str, Any]]
    """Log records, without those that the logging filter drops."""
    samples: Sequence[Sample]


class Sink(Protocol):
    """Where decisions are told."""

    wants_records: bool
    """Whether log records are told there although the web ACL has no logging configuration."""

    def send(self, told: Told) -> None:
        """Tell a batch; raises where it was not taken."""

    def forget(self) -> None:
        """Let go of connections: the process was forked."""


class Keeping:
    """What an adapter's guard gives its decisions to. Good in any thread, and in forked processes."""

    def __init__(self, counting: Counting, follower: Follower, sinks: Sequence[Sink]) -> None:
        self._counting = counting
        self._follower = follower
        self._sinks = sinks
        self._said_at: float | None = None
        self.begin_anew()
        anew_in_children(self)

    def begin_anew(self) -> None:
        """Have nothing to tell yet: what waited is the parent's to tell."""
        self._queue: deque[Kept] = deque()
        self._bytes = 0
        self._lock = Lock()
        self._ended = Event()
        self._thread: Thread | None = None
        self._maker: Maker | None = None
        for sink in self._sinks:
            sink.forget()

    def put(self, request: Request, decision: Decision, now: float, seconds: float) -> None:
        """Take in one decision; the request is no longer the adapter's."""
        self._counting.count("block" if decision.action.value == "BLOCK" else "allow")
        self._counting.took(seconds)
        if not self._sinks:
            return
        size = _OVERHEAD_BYTES + len(request.body) + len(request.target)
        for name, value in request.headers:
            size += len(name) + len(value)
        request.parsed = {}
        request.request_id = request.request_id or token_hex(16)
        with self._lock:
            if len(self._queue) >= MOST_WAITING or self._bytes + size > MOST_WAITING_BYTES:
                self._counting.count("records_dropped")
                return
            self._queue.append(Kept(request, decision, now, size))
            self._bytes += size
            if self._thread is None:
                self._thread = Thread(target=self._tell, args=(self._ended,), name="garrison-waf-records", daemon=True)
                self._thread.start()

    def failed(self, cause: str, fail: Fail) -> None:
        """Count a request that could not be decided about."""
        self._counting.count(f"{cause}_{fail.value}")

    def close(self) -> None:
        """Tell what still waits."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(2 * FLUSH_SECONDS)

    def _tell(self, ended: Event) -> None:
        while not ended.wait(FLUSH_SECONDS):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        if self._maker is not None:
            self._maker.begin()
        while batch := self._taken():
            bundle = self._follower.bundle
            if bundle is None:
                continue
            try:
                told = self._told(bundle, batch)
            except Exception as problem:
                self._lost(len(batch), problem)
                continue
            for sink in self._sinks:
                try:
                    sink.send(told)
                except Exception as problem:
                    self._lost(len(batch), problem)
                else:
                    self._counting.count("records_kept", len(batch))

    def _taken(self) -> list[Kept]:
        with self._lock:
            batch = [self._queue.popleft() for _ in range(min(_BATCH, len(self._queue)))]
            self._bytes -= sum(each.size_bytes for each in batch)
        return batch

    def _told(self, bundle: Bundle, batch: list[Kept]) -> Told:
        if self._maker is None or self._maker.bundle is not bundle:
            self._maker = Maker(bundle, any(sink.wants_records for sink in self._sinks))
        return Told(bundle, batch, self._maker.records(batch), self._maker.samples(batch))

    def _lost(self, number: int, problem: Exception) -> None:
        self._counting.count("records_dropped", number)
        now = time.monotonic()
        if self._said_at is None or now - self._said_at > _SAY_SECONDS:
            dropped = self._counting.outcomes.get("records_dropped", 0)
            log.warning("records_dropped", dropped=dropped, reason=f"{type(problem).__name__}: {problem}")
            self._said_at = now
