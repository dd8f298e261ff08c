"""The sequencer: every event of outbox and lanes once, whatever fails in between."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.errors import OperatorError
from garrison.journal import Journal, JournalBusy, JournalUnavailable, Sequencer, Spool
from garrison.journal import sequencer as sequencing
from garrison.journal.lanes import Lanes
from garrison.journal.sequencer import EventWindow

from .lanes_for_tests import MemoryLeases, MemoryOutbox, SetClock


@dataclass
class House:
    """The folders of one account, and sequencers over them."""

    folder: Path
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    leases: MemoryLeases = field(default_factory=MemoryLeases)
    clock: SetClock = field(default_factory=SetClock)

    @property
    def spools(self) -> Path:
        return self.folder / "spools"

    @property
    def journal(self) -> Path:
        return self.folder / "journal"

    def sequencer(self, holder: str = "one") -> Sequencer:
        return Sequencer(self.outbox, self.leases, self.spools, self.journal, holder, self.clock)

    @contextmanager
    def sequencing(self, holder: str = "one") -> Iterator[Sequencer]:
        made = self.sequencer(holder)
        try:
            yield made
        finally:
            made.close()

    def spool(self, lane: str = "w", *ids: str, **options: int) -> Spool:
        spool = Spool(self.spools, lane, **options)
        for event_id in ids:
            spool.append(event_id, event_id.encode())
        spool.flush()
        return spool

    def ids(self) -> list[str]:
        return [entry.event_id for entry in Journal(self.journal).read()]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_outbox_and_lanes_of_living_and_dead_workers_are_drained(house: House) -> None:
    house.outbox.add("o1")
    house.spool("dead", "d1", "d2").close()
    living = house.spool("living", "l1")
    with house.sequencing() as sequencer:
        assert sequencer.run_once() == 4
        assert sorted(house.ids()) == ["d1", "d2", "l1", "o1"]
        assert house.outbox.rows == []
        assert [name.split(".")[0] for name in Lanes(house.spools).names()] == ["living"]
        living.append("l2", b"")
        living.flush()
        assert sequencer.run_once() == 1
        assert sequencer.run_once() == 0
        assert house.ids()[-1] == "l2"
        living.close()
        assert sequencer.run_once() == 0
    assert Lanes(house.spools).names() == []


def test_an_event_that_comes_by_two_lanes_is_kept_once(house: House) -> None:
    house.outbox.add("twice")
    house.outbox.add("twice")
    house.spool("a", "twice", "once").close()
    with house.sequencing() as sequencer:
        assert sequencer.run_once() == 2
    house.spool("b", "twice", "new").close()
    with house.sequencing("other") as sequencer:
        assert sequencer.run_once() == 1
    assert sorted(house.ids()) == ["new", "once", "twice"]


def test_what_the_store_could_not_acknowledge_is_not_appended_again(house: House) -> None:
    house.outbox.add("a")
    house.outbox.refuses = True
    with house.sequencing() as sequencer:
        for _ in range(2):
            with pytest.raises(ConnectionError):
                sequencer.run_once()
    house.outbox.refuses = False
    house.outbox.add("b")
    with house.sequencing("other") as sequencer:
        assert sequencer.run_once() == 1
    assert house.ids() == ["a", "b"]
    assert house.outbox.rows == []


def test_a_living_lane_is_taken_up_where_the_journal_says(house: House) -> None:
    spool = house.spool("w", "a", "b")
    with house.sequencing() as sequencer:
        sequencer.run_once()
    spool.append("c", b"")
    spool.flush()
    with house.sequencing("other") as sequencer:
        assert sequencer.run_once() == 1
    assert house.ids() == ["a", "b", "c"]
    spool.close()


def test_a_lane_is_not_taken_again_even_where_its_ids_are_long_forgotten(house: House) -> None:
    count = sequencing.WINDOW + 100
    spool = house.spool("w", *map(str, range(count)))
    with house.sequencing() as sequencer:
        assert sequencer.run_once() == count
    spool.append("last", b"")
    spool.flush()
    with house.sequencing("other") as sequencer:
        assert sequencer.run_once() == 1
    assert house.ids() == [*map(str, range(count)), "last"]
    spool.close()


def test_a_lane_keeps_its_order_over_many_segments_and_batches(house: House) -> None:
    spool = house.spool("w", max_segment_bytes=2000)
    ids = [str(number) for number in range(500)]
    with house.sequencing() as sequencer:
        for event_id in ids[:250]:
            spool.append(event_id, b"x" * 50)
            spool.flush()
        spool.flush()
        sequencer.run_once()
        for event_id in ids[250:]:
            spool.append(event_id, b"x" * 50)
            spool.flush()
        sequencer.run_once()
        assert house.ids() == ids
        spool.close()
        sequencer.run_once()
    assert Lanes(house.spools).names() == []


def test_a_batch_larger_than_the_limit_is_split(house: House) -> None:
    for number in range(25):
        house.outbox.add(f"o{number}", b"x" * 1_000_000)
    house.spool("w", *(f"w{number}" for number in range(10))).close()
    with house.sequencing() as sequencer:
        assert sequencer.run_once() == 35
    sizes = [sum(len(entry.payload) for entry in batch) for batch in Journal(house.journal).batches()]
    assert len(sizes) > 2
    assert max(sizes) < sequencing.BATCH_BYTES + sequencing.CHUNK_BYTES


def test_only_the_holder_of_the_lease_sequences(house: House) -> None:
    house.outbox.add("a")
    with house.sequencing("one") as one, house.sequencing("two") as two:
        assert one.run_once() == 1
        house.outbox.add("b")
        assert two.run_once() == 0
        assert not two.is_leading
        assert one.run_once() == 1
        one.close()
        house.outbox.add("c")
        assert two.run_once() == 1
    assert house.ids() == ["a", "b", "c"]


def test_a_holder_whose_lease_ran_out_while_it_was_paused_cannot_be_joined_by_another(house: House) -> None:
    house.outbox.add("a")
    with house.sequencing("paused") as paused, house.sequencing("next") as following:
        assert paused.run_once() == 1
        house.leases.holder = None  # it ran out
        house.outbox.add("b")
        assert following.run_once() == 0  # the journal is still locked
        with pytest.raises(JournalBusy):
            Journal(house.journal).writer()
        paused.close()
        assert following.run_once() == 1
    assert house.ids() == ["a", "b"]


@given(
    operations=st.lists(
        st.sampled_from(["outbox", "spool", "both", "again", "sequence", "refuse", "allow", "reopen", "other"]),
        max_size=40,
    )
)
@settings(max_examples=60, deadline=None)
def test_every_event_is_kept_exactly_once_over_any_course_of_events(
    tmp_path_factory: pytest.TempPathFactory, operations: list[str]
) -> None:
    house = House(tmp_path_factory.mktemp("house"))
    spool = house.spool("w", max_segment_bytes=300)
    sequencer = house.sequencer()
    added: list[str] = []

    def add(*lanes: Callable[[str, bytes], None]) -> None:
        added.append(f"e{len(added)}")
        for lane in lanes:
            lane(added[-1], b"x" * 20)

    def sequence() -> None:
        nonlocal sequencer
        try:
            sequencer.run_once()
        except ConnectionError:
            sequencer.close()
            sequencer = house.sequencer()

    def reopen() -> None:
        nonlocal spool
        spool.close()
        spool = house.spool("w", max_segment_bytes=300)

    def replace() -> None:
        nonlocal sequencer
        sequencer.close()
        sequencer = house.sequencer("other")

    steps: dict[str, Callable[[], object]] = {
        "outbox": lambda: add(house.outbox.add),
        "spool": lambda: add(spool.append),
        "both": lambda: add(spool.append, house.outbox.add),
        "again": lambda: added and spool.append(added[-1], b""),
        "sequence": sequence,
        "refuse": lambda: setattr(house.outbox, "refuses", True),
        "allow": lambda: setattr(house.outbox, "refuses", False),
        "reopen": reopen,
        "other": replace,
    }
    for operation in operations:
        steps[operation]()
    house.outbox.refuses = False
    spool.close()
    sequence()
    sequencer.close()
    assert sorted(house.ids()) == sorted(added)
    assert house.outbox.rows == []
    assert Lanes(house.spools).names() == []


def test_a_spool_torn_at_any_byte_gives_its_whole_records(house: House) -> None:
    house.spool("w", "first", "second", "third").close()
    (name,) = Lanes(house.spools).names()
    data = (house.spools / name).read_bytes()
    (house.spools / name).unlink()
    for length in range(len(data) + 1):
        one = House(house.folder / str(length))
        one.spools.mkdir(parents=True)
        (one.spools / name).write_bytes(data[:length])
        if 0 < length < 16:
            continue  # a header is never written in part
        with one.sequencing() as sequencer:
            sequencer.run_once()
        assert one.ids() == ["first", "second", "third"][: len(one.ids())]
        assert Lanes(one.spools).names() == []
        if length == len(data):
            assert len(one.ids()) == 3


def test_a_damaged_spool_record_is_kept_aside_and_those_after_it_are_taken(house: House) -> None:
    house.spool("w", "first", "second", "third").close()
    (name,) = Lanes(house.spools).names()
    path = house.spools / name
    path.write_bytes(path.read_bytes().replace(b"second", b"sEcond"))
    with house.sequencing() as sequencer:
        assert sequencer.run_once() == 2
    assert house.ids() == ["first", "third"]
    (kept,) = house.spools.glob("*.damaged")
    assert b"sEcond" in kept.read_bytes()
    assert b"third" in kept.read_bytes()


def test_a_spool_of_another_version_is_refused_and_not_touched(house: House) -> None:
    house.spool("w", "first").close()
    (name,) = Lanes(house.spools).names()
    data = bytearray((house.spools / name).read_bytes())
    struct.pack_into("<H", data, 8, 9)
    (house.spools / name).write_bytes(data)
    with house.sequencing() as sequencer, pytest.raises(OperatorError, match="spool format 9"):
        sequencer.run_once()
    assert (house.spools / name).read_bytes() == data


_FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from lanes_for_tests import MemoryLeases, MemoryOutbox, SetClock
from garrison.journal import JournalUnavailable, Sequencer
outbox = MemoryOutbox()
for number in range(20):
    outbox.add(f"o{number}", b"x" * 1000)
folder = Path(sys.argv[1])
sequencer = Sequencer(outbox, MemoryLeases(), folder / "spools", folder / "journal", "me", SetClock())
resource.setrlimit(resource.RLIMIT_FSIZE, (8000, resource.RLIM_INFINITY))
try:
    sequencer.run_once()
except JournalUnavailable as error:
    print(error)
assert len(outbox.rows) == 20
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert sequencer.run_once() == 20
assert outbox.rows == []
sequencer.close()
"""


def test_a_full_disk_acknowledges_nothing_and_passes(house: House) -> None:
    arguments = [sys.executable, "-c", _FULL, house.folder, Path(__file__).parent]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert "the file size limit is reached" in done.stdout
    assert house.ids() == [f"o{number}" for number in range(20)]


def test_the_background_loop_wakes_for_an_event_and_stops_when_asked(house: House) -> None:
    stop = threading.Event()
    sequencer = house.sequencer()
    thread = threading.Thread(target=sequencer.run, args=(stop,))
    thread.start()
    try:
        spool = house.spool("w")
        journal = Journal(house.journal)
        for number in range(5):
            spool.append(str(number), b"")
            spool.flush()
            assert journal.wait(number, 10)
        spool.close()
    finally:
        stop.set()
        thread.join(10)
        sequencer.close()
    assert not thread.is_alive()
    assert house.ids() == [str(number) for number in range(5)]


def test_the_background_loop_says_why_it_stands_still_and_goes_on_by_itself(house: House) -> None:
    house.outbox.add("a")
    house.outbox.refuses = True
    stop = threading.Event()
    sequencer = house.sequencer()
    thread = threading.Thread(target=sequencer.run, args=(stop,))
    thread.start()
    try:
        assert until(lambda: sequencer.trouble == "the store is away")
        house.outbox.refuses = False
        assert until(lambda: sequencer.trouble is None and not house.outbox.rows)
    finally:
        stop.set()
        thread.join(10)
        sequencer.close()
    assert house.ids() == ["a"]


def until(is_so: Callable[[], bool]) -> bool:
    """Wait until something is so, at most ten seconds."""
    return any(is_so() or threading.Event().wait(0.05) for _ in range(200))


def test_the_window_forgets_the_oldest_ids_only() -> None:
    window = EventWindow(3)
    for event_id in "abcd":
        window.add(event_id)
    assert [event_id in window for event_id in "abcd"] == [False, True, True, True]


def test_a_journal_that_cannot_be_written_is_said_so(house: House) -> None:
    house.journal.parent.mkdir(exist_ok=True)
    house.journal.write_text("a file where a folder should be")
    house.outbox.add("a")
    with house.sequencing() as sequencer, pytest.raises(JournalUnavailable, match=os.strerror(17)):
        sequencer.run_once()
    assert len(house.outbox.rows) == 1
