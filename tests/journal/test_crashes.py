"""Processes killed at random points: every acknowledged event is in the journal and in the index exactly once."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from garrison.clock import SystemClock
from garrison.identifiers import event_id
from garrison.journal import ConsumerRunner, FsyncMode, Journal, RecentEvents, Sequencer, Spool
from garrison.journal.lanes import Lanes
from garrison.store import RootKey, Store, open_store

from .lanes_for_tests import record

ACCOUNT = "111111111111"
ROUNDS = 20
KEY = RootKey.generate()


def open_outbox(folder: Path) -> Store:
    return open_store(f"sqlite:///{folder / 'store.db'}", KEY, SystemClock())


def work(folder: Path, lane: str, mode: FsyncMode, acknowledged: int) -> None:
    """Append events for ever, by turns to a spool and to the outbox; write each one's id once it is promised."""
    spool = Spool(folder / "spools", lane, mode, max_segment_bytes=20_000)
    store = open_outbox(folder)
    for number in range(1_000_000):
        name = event_id()
        if number % 4:
            spool.append(name, record(name))
            spool.flush()
        else:
            with store.writing(ACCOUNT, "us-east-1", name) as unit:
                unit.append_event(name, record(name))
            spool.wake()
        os.write(acknowledged, name.encode() + b"\n")


def sequence(folder: Path) -> None:
    """Sequence and index for ever."""
    journal = Journal(folder / "journal")
    index = RecentEvents(folder / "recent.db")
    never = threading.Event()
    threading.Thread(target=ConsumerRunner(journal, index, folder / "offsets").run, args=(never,), daemon=True).start()
    store = open_outbox(folder)
    Sequencer(store, store, folder / "spools", folder / "journal", "background", SystemClock()).run(never)


def fork(action: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        action()
    finally:
        os._exit(1)


def kill(children: list[int]) -> None:
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_kill_9_at_random_points_loses_and_doubles_nothing(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    open_outbox(tmp_path).close()
    read_end, write_end = os.pipe()
    promised = bytearray()
    for number in range(ROUNDS):
        background = fork(lambda: sequence(tmp_path))
        workers = [
            fork(lambda lane=lane, mode=mode: work(tmp_path, lane, mode, write_end))  # type: ignore[misc]
            for lane, mode in (("always", FsyncMode.ALWAYS), (f"never-{number}", FsyncMode.NEVER))
        ]
        time.sleep(chance.uniform(0.03, 0.12))
        kill([background])
        os.set_blocking(read_end, False)
        time.sleep(chance.uniform(0, 0.03))  # workers go on while the sequencer is away
        kill(workers)
        while True:
            try:
                promised += os.read(read_end, 1 << 20)
            except BlockingIOError:
                break
    os.close(read_end)
    os.close(write_end)

    with closing(open_outbox(tmp_path)) as store:
        sequencer = Sequencer(store, store, tmp_path / "spools", tmp_path / "journal", "background", SystemClock())
        sequencer.run_once()
        sequencer.close()
        assert store.outbox_read(1) == []
    assert Lanes(tmp_path / "spools").names() == []
    journal = Journal(tmp_path / "journal")
    index = RecentEvents(tmp_path / "recent.db")
    ConsumerRunner(journal, index, tmp_path / "offsets").run_once()

    recorded = [entry.event_id for entry in journal.read()]
    acknowledged = promised.decode().split()
    assert len(acknowledged) > ROUNDS, f"seed {seed}"
    assert len(set(recorded)) == len(recorded), f"seed {seed}"
    assert set(acknowledged) <= set(recorded), f"seed {seed}"
    assert index.count() == len(recorded), f"seed {seed}"
    for name in chance.sample(acknowledged, 50):
        assert len(index.lookup(ACCOUNT, "us-east-1", attribute=("EventId", name))) == 1, f"seed {seed}"
    index.close()


@pytest.mark.parametrize("moment", ["before the journal", "after the journal", "after the outbox"])
def test_a_crash_between_any_two_steps_of_sequencing_loses_and_doubles_nothing(tmp_path: Path, moment: str) -> None:
    class Dies:
        """An outbox that takes its process along at a chosen moment."""

        def __init__(self, store: Store) -> None:
            self.store = store

        def outbox_read(self, limit: int, after: int = 0) -> object:
            rows = self.store.outbox_read(limit, after)
            if rows and moment == "before the journal":
                os.kill(os.getpid(), signal.SIGKILL)
            return rows

        def outbox_acknowledge(self, up_to_seq: int) -> None:
            if moment == "after the outbox":
                self.store.outbox_acknowledge(up_to_seq)
            os.kill(os.getpid(), signal.SIGKILL)

    def sequence_and_die() -> None:
        store = open_outbox(tmp_path)
        outbox = Dies(store)
        Sequencer(outbox, store, tmp_path / "spools", tmp_path / "journal", "b", SystemClock()).run_once()  # type: ignore[arg-type]

    spool = Spool(tmp_path / "spools", "w")
    spool.append("spooled", record("spooled"))
    spool.close()
    with closing(open_outbox(tmp_path)) as store, store.writing(ACCOUNT, "us-east-1", "changed") as unit:
        unit.append_event("changed", record("changed"))
    child = fork(sequence_and_die)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    with closing(open_outbox(tmp_path)) as store:
        sequencer = Sequencer(store, store, tmp_path / "spools", tmp_path / "journal", "b", SystemClock())
        sequencer.run_once()
        sequencer.close()
        assert store.outbox_read(1) == []
    assert sorted(entry.event_id for entry in Journal(tmp_path / "journal").read()) == ["changed", "spooled"]
    assert Lanes(tmp_path / "spools").names() == []
