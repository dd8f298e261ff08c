"""The journal: whole batches in order, torn ends repaired, damage named, nothing destroyed."""

from __future__ import annotations

import struct
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.errors import OperatorError
from garrison.journal import Journal, JournalBusy
from garrison.journal.segments import HEADER, list_segments

from .lanes_for_tests import START

BATCHES = [[("a", b"1"), ("b", b"22")], [("c", b"GJF1" * 20)], [("d", b""), ("e", b"5" * 50), ("f", b"\0" * 9)]]


def write(folder: Path, batches: list[list[tuple[str, bytes]]] = BATCHES, **options: int) -> list[int]:
    """Append batches; gives the offsets in the last segment at which each ended."""
    journal = Journal(folder, **options)
    ends = []
    for number, batch in enumerate(batches):
        journal.append_batch(batch, START + timedelta(minutes=number), {"lane": number})
        ends.append(list_segments(folder)[-1].path.stat().st_size)
    journal.close()
    return ends


def events(folder: Path, after: int | None = None) -> list[tuple[str, bytes]]:
    return [(entry.event_id, entry.payload) for entry in Journal(folder).read(after)]


def flat(batches: list[list[tuple[str, bytes]]]) -> list[tuple[str, bytes]]:
    return [event for batch in batches for event in batch]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_entries_come_back_in_order_with_positions_and_append_times(tmp_path: Path) -> None:
    write(tmp_path)
    entries = list(Journal(tmp_path).read())
    assert [entry.position for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [(entry.event_id, entry.payload) for entry in entries] == flat(BATCHES)
    assert [entry.at for entry in entries] == [START + timedelta(minutes=m) for m in (0, 0, 1, 2, 2, 2)]


@given(sizes=st.lists(st.lists(st.integers(0, 300), min_size=1, max_size=5), max_size=12), limit=st.integers(100, 2000))
@settings(max_examples=30, deadline=None)
def test_reading_can_begin_after_any_position_across_segments(sizes: list[list[int]], limit: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        number = 0
        batches = []
        for batch in sizes:
            batches.append([(str(number := number + 1), b"x" * size) for size in batch])
        write(folder, batches, max_segment_bytes=limit)
        journal = Journal(folder)
        everything = list(journal.read())
        assert [int(entry.event_id) for entry in everything] == list(range(1, number + 1))
        for after in range(number + 2):
            assert list(journal.read(after)) == everything[after:]
        assert (journal.last_position(), journal.first_position()) == (number, 1)


def test_a_reader_goes_on_where_it_stood_while_batches_are_appended(tmp_path: Path) -> None:
    writer, reader = Journal(tmp_path, max_segment_bytes=200), Journal(tmp_path)
    seen: list[str] = []
    for number in range(40):
        writer.append_batch([(f"{number}", b"x" * 30)], START)
        seen.extend(entry.event_id for entry in reader.read(len(seen)))
        assert seen == [str(n) for n in range(number + 1)]
    assert len(list_segments(tmp_path)) > 3
    writer.close()


def test_times_never_go_back_even_where_the_clock_does(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for minutes in (5, 1, 9):
        journal.append_batch([("e", b"")], START + timedelta(minutes=minutes))
    journal.close()
    assert [entry.at for entry in Journal(tmp_path).read()] == [START + timedelta(minutes=m) for m in (5, 5, 9)]


@pytest.mark.parametrize("limit", [100, 100_000])
def test_a_position_is_found_by_time(tmp_path: Path, limit: int) -> None:
    write(tmp_path, max_segment_bytes=limit)
    journal = Journal(tmp_path)
    for minutes, expected in [(-1, 0), (0, 0), (0.5, 2), (1, 2), (1.5, 3), (2, 3), (3, 6)]:
        assert journal.position_at(START + timedelta(minutes=minutes)) == expected, minutes


def test_an_empty_journal_answers(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "none")
    assert list(journal.read()) == []
    assert (journal.last_position(), journal.first_position(), journal.size_bytes()) == (0, 1, 0)
    assert journal.position_at(START) == 0
    assert not journal.wait(0, 0.01)


def test_a_journal_torn_at_any_byte_keeps_all_whole_batches_and_goes_on(tmp_path: Path) -> None:
    ends = write(tmp_path / "whole")
    (name,) = [segment.path.name for segment in list_segments(tmp_path / "whole")]
    data = (tmp_path / "whole" / name).read_bytes()
    for length in range(HEADER.size, len(data)):
        folder = tmp_path / str(length)
        folder.mkdir()
        (folder / name).write_bytes(data[:length])
        journal = Journal(folder)
        journal.append_batch([("next", b"n")], START + timedelta(hours=1))
        journal.close()
        whole = sum(1 for end in ends if end <= length)
        assert events(folder) == [*flat(BATCHES[:whole]), ("next", b"n")]


@given(cut=st.integers(0, 400), tail=st.binary(max_size=300) | st.integers(0, 300).map(bytes))
@settings(max_examples=60, deadline=None)
def test_whatever_follows_a_torn_end_is_cut_off(cut: int, tail: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ends = write(folder)
        path = list_segments(folder)[-1].path
        data = path.read_bytes()
        length = max(ends[1], len(data) - cut)
        path_data = data[:length] + tail
        path.write_bytes(path_data)
        journal = Journal(folder)
        writer = journal.writer()
        kept = BATCHES if path_data.startswith(data) else BATCHES[:2]
        assert writer.marks == {"lane": len(kept) - 1}
        writer.close()
        assert events(folder) == flat(kept)


def test_an_unreadable_last_batch_of_full_length_is_kept_aside(tmp_path: Path) -> None:
    ends = write(tmp_path)
    path = list_segments(tmp_path)[-1].path
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    Journal(tmp_path).writer().close()
    assert events(tmp_path) == flat(BATCHES[:2])
    assert (tmp_path / f"{path.name}.{ends[1]}.torn").read_bytes() == data[ends[1] :]


def test_a_damaged_batch_before_the_last_is_named_and_nothing_is_touched(tmp_path: Path) -> None:
    ends = write(tmp_path)
    path = list_segments(tmp_path)[-1].path
    whole = path.read_bytes()
    for at in range(HEADER.size, ends[1]):
        data = bytearray(whole)
        data[at] ^= 0x41
        path.write_bytes(data)
        before = snapshot(tmp_path)
        with pytest.raises(OperatorError) as refused:
            Journal(tmp_path).writer()
        start = HEADER.size if at < ends[0] else ends[0]
        assert f"{path}, byte {start}." in refused.value.cause
        with pytest.raises(OperatorError, match="damaged"):
            list(Journal(tmp_path).read())
        assert {name: data for name, data in snapshot(tmp_path).items() if name != "writer.lock"} == {
            name: data for name, data in before.items() if name != "writer.lock"
        }


def test_damage_in_an_earlier_segment_is_named_by_readers(tmp_path: Path) -> None:
    write(tmp_path, max_segment_bytes=100)
    first = list_segments(tmp_path)[0].path
    data = bytearray(first.read_bytes())
    data[-1] ^= 1
    first.write_bytes(data)
    with pytest.raises(OperatorError, match=f"{first.name}, byte {HEADER.size}"):
        events(tmp_path)
    assert events(tmp_path, 2) == flat(BATCHES[1:])


def test_a_missing_segment_in_the_middle_is_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, max_segment_bytes=100)
    assert len(list_segments(tmp_path)) == 3
    list_segments(tmp_path)[1].path.unlink()
    with pytest.raises(OperatorError, match="damaged"):
        events(tmp_path)


def test_a_journal_of_another_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "writer.lock").unlink()
    path = list_segments(tmp_path)[-1].path
    data = bytearray(path.read_bytes()[:-3])
    struct.pack_into("<H", data, 8, 2)
    path.write_bytes(data)
    before = snapshot(tmp_path)
    for use in (lambda: Journal(tmp_path).writer(), lambda: events(tmp_path)):
        with pytest.raises(OperatorError, match="format 2; this Garrison reads and writes format 1"):
            use()
    assert snapshot(tmp_path) == before


def test_an_empty_batch_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(ValueError, match="at least one event"):
        journal.append_batch([], START)
    journal.append_batch([("a", b"")], START)
    journal.close()
    assert events(tmp_path) == [("a", b"")]


def test_only_one_writer_at_a_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append_batch([("a", b"")], START)
    with pytest.raises(JournalBusy):
        Journal(tmp_path).append_batch([("b", b"")], START)
    journal.close()
    Journal(tmp_path).append_batch([("b", b"")], START)
    assert [name for name, _ in events(tmp_path)] == ["a", "b"]


def test_readers_see_nothing_that_the_writer_has_not_vouched_for(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "end").write_bytes(struct.pack("<Q", 3))
    assert events(tmp_path) == flat(BATCHES[:2])
    assert Journal(tmp_path).written_position() == 6
    Journal(tmp_path).writer().close()
    assert events(tmp_path) == flat(BATCHES)


def test_marks_survive_a_crash_between_a_new_segment_and_its_first_batch(tmp_path: Path) -> None:
    write(tmp_path, max_segment_bytes=100)
    last = list_segments(tmp_path)[-1].path
    last.write_bytes(last.read_bytes()[: HEADER.size])
    writer = Journal(tmp_path).writer()
    assert writer.marks == {"lane": 1}
    assert writer.last_sequence == 3
    writer.close()
    assert events(tmp_path) == flat(BATCHES[:2])


def test_pruning_by_age_and_size_stops_at_what_consumers_still_need(tmp_path: Path) -> None:
    write(tmp_path, max_segment_bytes=100)
    journal = Journal(tmp_path)
    later = START + timedelta(hours=1)
    assert journal.prune(consumed=1, before=later) == 0
    assert journal.prune(consumed=None, before=later) == 0
    assert journal.prune(consumed=6, before=START) == 0
    assert journal.prune(consumed=2, before=later) > 0
    assert journal.first_position() == 3
    assert events(tmp_path) == flat(BATCHES[1:])
    assert journal.prune(consumed=2, max_bytes=1) == 0
    assert journal.prune(consumed=2, max_bytes=1, force=True) > 0
    assert events(tmp_path) == flat(BATCHES[2:])
    assert journal.prune(consumed=6, max_bytes=0, force=True) == 0
    Journal(tmp_path).append_batch([("g", b"")], later)
    assert [entry.position for entry in journal.read()] == [4, 5, 6, 7]
