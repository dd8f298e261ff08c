"""Readers in the sequencer's own process: woken by what comes, and by nothing else."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from garrison.journal import Arrivals, ConsumerRunner, Entry, Journal, offsets

from .lanes_for_tests import START

PATIENCE_SECONDS = 30


class Tells:
    """A consumer that says when it was given something."""

    name = "tells"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.has_come = threading.Event()

    def handle(self, entries: Sequence[Entry]) -> None:
        self.seen.extend(entry.event_id for entry in entries)
        self.has_come.set()


def test_a_position_that_is_there_already_is_not_waited_for() -> None:
    arrivals = Arrivals()
    assert not arrivals.wait(0, 0.0)
    arrivals.tell(3)
    assert arrivals.wait(2)
    assert not arrivals.wait(3, 0.0)
    arrivals.tell(1)
    assert arrivals.wait(2), "the journal does not shrink"


def test_the_end_wakes_everyone_for_good() -> None:
    arrivals = Arrivals()
    waiting = [threading.Thread(target=arrivals.wait, args=(9,)) for _ in range(3)]
    for thread in waiting:
        thread.start()
    arrivals.end()
    for thread in waiting:
        thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in waiting)
    assert not arrivals.wait(9)


class Unasked(Journal):
    """A journal at whose end nobody may look."""

    def wait(self, after: int, timeout: float) -> NoReturn:
        raise AssertionError("it looked")


def test_a_consumer_is_woken_and_never_looks_by_itself(tmp_path: Path) -> None:
    journal, consumer, arrivals, stop = Unasked(tmp_path / "journal"), Tells(), Arrivals(), threading.Event()
    runner = ConsumerRunner(journal, consumer, tmp_path / "offsets")
    thread = threading.Thread(target=runner.run, args=(stop, arrivals))
    thread.start()
    try:
        for number, name in enumerate("abc"):
            arrivals.tell(journal.append_batch([(name, b"")], START + timedelta(minutes=number)))
            assert consumer.has_come.wait(PATIENCE_SECONDS)
            consumer.has_come.clear()
    finally:
        stop.set()
        arrivals.end()
        thread.join(PATIENCE_SECONDS)
        journal.close()
    assert consumer.seen == ["a", "b", "c"]
    assert offsets(tmp_path / "offsets") == {"tells": 3}, "kept at the end"
