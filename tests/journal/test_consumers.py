"""Consumers: everything handled in order, taken up where it stopped, and run again from any time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from garrison.errors import OperatorError
from garrison.journal import ConsumerRunner, Entry, Journal, lowest_offset, offsets

from .lanes_for_tests import START


@dataclass
class Remembers:
    """A consumer that keeps what it is given, and can fail."""

    name: str = "remembers"
    seen: list[str] = field(default_factory=list)
    fails_at: str = ""

    def handle(self, entries: Sequence[Entry]) -> None:
        if any(entry.event_id == self.fails_at for entry in entries):
            raise ConnectionError(self.fails_at)
        self.seen.extend(entry.event_id for entry in entries)


def append(folder: Path, *ids: str, minutes: float = 0) -> None:
    journal = Journal(folder / "journal")
    for event_id in ids:
        journal.append_batch([(event_id, b"")], START + timedelta(minutes=minutes))
    journal.close()


def runner(folder: Path, consumer: Remembers) -> ConsumerRunner:
    return ConsumerRunner(Journal(folder / "journal"), consumer, folder / "offsets")


def test_entries_are_handled_once_also_by_a_new_runner(tmp_path: Path) -> None:
    consumer = Remembers()
    append(tmp_path, "a", "b")
    assert runner(tmp_path, consumer).lag == 2
    assert runner(tmp_path, consumer).run_once() == 2
    append(tmp_path, "c")
    following = runner(tmp_path, consumer)
    assert following.lag == 1
    assert following.run_once() == 1
    assert following.run_once() == 0
    assert following.lag == 0
    assert consumer.seen == ["a", "b", "c"]


def test_what_a_consumer_could_not_handle_comes_again(tmp_path: Path) -> None:
    consumer = Remembers(fails_at="b")
    append(tmp_path, "a", "b", "c")
    for _ in range(2):
        with pytest.raises(ConnectionError):
            runner(tmp_path, consumer).run_once()
    consumer.fails_at = ""
    runner(tmp_path, consumer).run_once()
    assert consumer.seen == ["a", "b", "c"]


def test_replay_gives_what_was_appended_since_a_time_and_leaves_the_offset(tmp_path: Path) -> None:
    consumer = Remembers()
    for minutes, name in enumerate("abcd"):
        append(tmp_path, name, minutes=minutes)
    running = runner(tmp_path, consumer)
    running.run_once()
    append(tmp_path, "new", minutes=9)
    consumer.seen.clear()
    assert running.replay(START + timedelta(minutes=2)) == 2
    assert consumer.seen == ["c", "d"]
    assert running.position == 4
    running.run_once()
    assert consumer.seen == ["c", "d", "new"]
    assert running.replay(START + timedelta(hours=1)) == 0


def test_offsets_of_all_consumers_say_what_may_be_pruned(tmp_path: Path) -> None:
    assert lowest_offset(tmp_path / "offsets") is None
    append(tmp_path, "a", "b")
    runner(tmp_path, Remembers("fast")).run_once()
    slow = Remembers("slow", fails_at="b")
    with pytest.raises(ConnectionError):
        runner(tmp_path, slow).run_once()
    assert offsets(tmp_path / "offsets") == {"fast": 2, "slow": 1}
    assert lowest_offset(tmp_path / "offsets") == 1


def test_a_consumer_that_has_not_begun_holds_everything_back(tmp_path: Path) -> None:
    append(tmp_path, "a")
    runner(tmp_path, Remembers("fast")).run_once()
    runner(tmp_path, Remembers("new"))
    assert lowest_offset(tmp_path / "offsets") == 0


def test_a_consumer_ahead_of_a_restored_journal_goes_on_from_its_end(tmp_path: Path) -> None:
    consumer = Remembers()
    append(tmp_path, "a", "b", "c")
    runner(tmp_path, consumer).run_once()
    for file in (tmp_path / "journal").iterdir():
        file.unlink()
    append(tmp_path, "a")
    running = runner(tmp_path, consumer)
    append(tmp_path, "d")
    running.run_once()
    assert consumer.seen == ["a", "b", "c", "d"]


@pytest.mark.parametrize("text", ["", "-1\n", "1", "x\n", "1" * 30 + "\n"])
def test_an_unreadable_offset_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "offsets").mkdir()
    (tmp_path / "offsets" / "remembers.offset").write_text(text)
    with pytest.raises(OperatorError, match=r"remembers\.offset is not an offset"):
        runner(tmp_path, Remembers())


@pytest.mark.parametrize("name", ["", "../x", "A", "a b"])
def test_a_consumer_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="a consumer is named"):
        runner(tmp_path, Remembers(name))


def test_a_running_consumer_follows_the_journal_over_failures(tmp_path: Path) -> None:
    consumer = Remembers(fails_at="b")
    append(tmp_path, "a")
    stop = threading.Event()
    thread = threading.Thread(target=runner(tmp_path, consumer).run, args=(stop,))
    thread.start()
    try:
        append(tmp_path, "b", "c")
        consumer.fails_at = ""
        for _ in range(200):
            if len(consumer.seen) == 3:
                break
            threading.Event().wait(0.05)
    finally:
        stop.set()
        thread.join(10)
    assert consumer.seen == ["a", "b", "c"]
