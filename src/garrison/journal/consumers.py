"""Who reads the journal: consumers with durable offsets, that can be run again from any time."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from garrison.errors import OperatorError
from garrison.journal.arrivals import Arrivals
from garrison.journal.failures import unavailable
from garrison.journal.files import make_folder, replace_whole
from garrison.journal.journal import Entry, Journal, Position
from garrison.logs import get_logger

SUFFIX = ".offset"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_WAIT_SECONDS = 0.2
_KEEP_SECONDS = 1.0
"""How often an offset is written while entries come: what a crash lets come again is no more than that."""
_SHORTEST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0

_log = get_logger(__name__)


class Consumer(Protocol):
    """Something that happens for each event."""

    @property
    def name(self) -> str:
        """Its name, under which its offset is kept."""

    def handle(self, entries: Sequence[Entry]) -> None:
        """Take entries, in order. The same ones may come again after a crash: it must not matter."""


@runtime_checkable
class KeepsOffset(Protocol):
    """A consumer that keeps its offset itself, in one transaction with what it makes of the entries: exactly once."""

    @property
    def position(self) -> Position:
        """The position of the last entry that it has taken."""

    def reset(self) -> None:
        """Forget everything made of the journal, to take it from the oldest entry on."""


class ConsumerRunner:
    """Feeds one consumer and remembers how far it is."""

    def __init__(self, journal: Journal, consumer: Consumer, offsets_folder: Path, *, sync: bool = True) -> None:
        if not _NAME.fullmatch(consumer.name):
            raise ValueError(f"a consumer is named with small letters, digits and -, not {consumer.name!r}")
        make_folder(offsets_folder)
        self._journal = journal
        self._consumer = consumer
        self._path = offsets_folder / (consumer.name + SUFFIX)
        self._sync = sync
        self._keep_at = 0.0
        self._position = self._start()
        self._kept = _read_offset(self._path) if self._path.exists() else None
        self._keep()  # from here on nothing that it has not seen is pruned

    @property
    def name(self) -> str:
        """The consumer's name."""
        return self._consumer.name

    @property
    def position(self) -> Position:
        """The position of the last entry handled."""
        return self._position

    @property
    def lag(self) -> int:
        """How many events wait."""
        return max(0, self._journal.last_position() - self._position)

    def run_once(self) -> int:
        """Handle everything that waits; gives the number of entries. What the consumer raises passes through."""
        try:
            return self._handle()
        finally:
            self._keep()

    def run(self, stop: threading.Event, arrivals: Arrivals | None = None) -> None:
        """Handle entries as they come until `stop` is set. Failures are logged and tried again, ever more slowly.

        `arrivals` tell of them where this process sequences, and are ended with `stop`; elsewhere the journal is looked at.
        """
        pause = _SHORTEST_PAUSE
        while not stop.is_set():
            try:
                self._handle()
                pause = _SHORTEST_PAUSE
                has_kept = self._kept == self._position
                if arrivals is None:
                    has_more = self._journal.wait(self._position, _WAIT_SECONDS)
                else:
                    has_more = arrivals.wait(self._position, None if has_kept else _KEEP_SECONDS)
                if not has_more:
                    self._keep()
            except Exception:
                _log.exception("consumer_failed", consumer=self._consumer.name, after=self._position)
                stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        self._keep()

    def replay(self, since: datetime) -> int:
        """Handle again what was appended at `since` or later, up to where the consumer is; gives the number of entries.

        The offset stays: what waits is handled once, as ever.
        """
        upto = self._position
        handled = 0
        for batch in self._journal.batches(self._journal.position_at(since)):
            entries = [entry for entry in batch if entry.position <= upto]
            if not entries:
                break
            self._consumer.handle(entries)
            handled += len(entries)
        return handled

    def _handle(self) -> int:
        if isinstance(self._consumer, KeepsOffset):
            self._position = self._consumer.position  # it may have been reset
        handled = 0
        for batch in self._journal.batches(self._position):
            self._consumer.handle(batch)
            self._position = batch[-1].position
            handled += len(batch)
            if isinstance(self._consumer, KeepsOffset) or time.monotonic() >= self._keep_at:
                self._keep()
        return handled

    def _start(self) -> Position:
        consumer = self._consumer
        position = consumer.position if isinstance(consumer, KeepsOffset) else _read_offset(self._path)
        written = self._journal.written_position()
        if position <= written:
            return position
        # The journal was restored from a time before: its positions will be given again, to other events.
        _log.warning("consumer_ahead_of_journal", consumer=consumer.name, position=position, journal=written)
        if isinstance(consumer, KeepsOffset):
            consumer.reset()
            return consumer.position
        return written

    def _keep(self) -> None:
        """Write the offset, where it is another."""
        if self._kept == self._position:
            return
        # A consumer that keeps its own offset gets a file too, for `offsets`: after a crash it may lag, the safe side.
        is_own = isinstance(self._consumer, KeepsOffset)
        try:
            replace_whole(self._path, b"%d\n" % self._position, sync=self._sync and not is_own)
        except OSError as error:
            raise unavailable(self._path, error) from error
        self._kept = self._position
        self._keep_at = time.monotonic() + _KEEP_SECONDS


def hold_position(folder: Path, name: str, position: Position, *, sync: bool = True) -> None:
    """Keep what comes after a position from being pruned, for a reader that is no `Consumer`; raises `JournalUnavailable`."""
    path = folder / (name + SUFFIX)
    make_folder(folder)
    try:
        replace_whole(path, b"%d\n" % position, sync=sync)
    except OSError as error:
        raise unavailable(path, error) from error


def offsets(folder: Path) -> Mapping[str, Position]:
    """How far each consumer is, by name."""
    return dict(_offsets(folder))


def lowest_offset(folder: Path) -> Position | None:
    """The position up to which every consumer is; None where there is none."""
    return min(offsets(folder).values(), default=None)


def _offsets(folder: Path) -> Iterator[tuple[str, Position]]:
    for path in sorted(folder.glob("*" + SUFFIX)):
        yield path.name.removesuffix(SUFFIX), _read_offset(path)


def _read_offset(path: Path) -> Position:
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        return 0
    if not re.fullmatch(r"[0-9]{1,19}\n", text):
        raise OperatorError(f"{path} is not an offset.", "Delete it to run the consumer from the oldest event on.")
    return int(text)
