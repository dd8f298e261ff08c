"""Spools: what is appended outlives the process, and what cannot be kept is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from garrison.journal import FsyncMode, JournalUnavailable, Spool, SpoolFull
from garrison.journal.entries import MAX_SPOOLED_BYTES, decode_entries
from garrison.journal.lanes import Lanes


def spooled(folder: Path) -> list[tuple[str, bytes]]:
    """Everything that waits in a folder of spools."""
    lanes = Lanes(folder)
    found = []
    for name in lanes.names():
        chunk = lanes.read(name, 0, 1 << 30)
        assert chunk is not None
        found.extend(next(decode_entries(entry)) for _, entry in chunk.events)
    return found


@pytest.mark.parametrize("mode", [FsyncMode.INTERVAL, FsyncMode.NEVER])
def test_without_waiting_for_the_disk_an_appended_event_can_be_read_at_once(tmp_path: Path, mode: FsyncMode) -> None:
    spool = Spool(tmp_path, "worker-1", mode)
    spool.append("a", b"first")
    spool.append("b", b"")
    assert spooled(tmp_path) == [("a", b"first"), ("b", b"")]
    spool.close()


def test_appending_writes_nothing_and_a_flush_everything_that_waits(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "w", max_segment_bytes=2000)
    events = [(str(number), b"x" * 300) for number in range(20)]
    for event in events:
        spool.append(*event)
    assert spooled(tmp_path) == []
    spool.flush()
    assert spooled(tmp_path) == events
    spool.close()


def test_a_flush_leaves_nothing_pending(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "w")
    assert not spool.pending
    spool.append("a", b"x")
    assert spool.pending
    spool.flush()
    assert not spool.pending
    spool.append("b", b"x")
    assert spool.pending
    spool.close()
    assert not spool.pending


def test_a_lane_continues_in_new_segments_which_keep_its_order(tmp_path: Path) -> None:
    expected = [(f"{number:03d}", b"x" * 100) for number in range(100)]
    for part in (expected[:50], expected[50:]):
        spool = Spool(tmp_path, "w", max_segment_bytes=1000)
        for event in part:
            spool.append(*event)
        spool.close()
    assert len(Lanes(tmp_path).names()) > 10
    assert spooled(tmp_path) == expected


def test_events_beyond_the_ceiling_are_refused_until_the_sequencer_has_made_room(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "w", ceiling_bytes=8000)
    accepted = 0

    def fill() -> None:
        nonlocal accepted
        while True:
            spool.append(str(accepted), b"x" * 100)
            accepted += 1

    with pytest.raises(SpoolFull, match="ceiling of 8000"):
        fill()
    with pytest.raises(SpoolFull):
        spool.append("one more", b"x" * 100)
    spool.flush()
    assert len(spooled(tmp_path)) == accepted
    assert sum(file.stat().st_size for file in tmp_path.glob("*.spool")) <= 8000
    lanes = Lanes(tmp_path)
    lanes.delete(lanes.names()[:-1])
    spool.append("again", b"x")
    spool.flush()
    assert spooled(tmp_path)[-1] == ("again", b"x")
    spool.close()


@pytest.mark.parametrize("lane", ["", "a/b", "..", "a.b", "x" * 65])
def test_a_lane_name_cannot_leave_the_folder(tmp_path: Path, lane: str) -> None:
    with pytest.raises(ValueError, match="a lane is named"):
        Spool(tmp_path, lane)


@pytest.mark.parametrize(("event_id", "payload"), [("", b""), ("x" * 256, b""), ("a", b"x" * (MAX_SPOOLED_BYTES + 1))])
def test_an_event_of_absurd_size_is_refused_and_leaves_no_trace(tmp_path: Path, event_id: str, payload: bytes) -> None:
    spool = Spool(tmp_path, "w")
    with pytest.raises(ValueError, match="bytes"):
        spool.append(event_id, payload)
    spool.append("good", b"1")
    spool.flush()
    assert spooled(tmp_path) == [("good", b"1")]
    spool.close()


def test_threads_append_and_flush_at_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "w", max_segment_bytes=4000)

    def work(number: int) -> None:
        for count in range(50):
            spool.append(f"{number}-{count}", b"x" * 50)
            spool.flush()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not spool.pending
    spool.close()
    assert {name for name, _ in spooled(tmp_path)} == {f"{n}-{c}" for n in range(4) for c in range(50)}


def test_after_a_failed_fsync_nothing_is_promised_any_more(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "w")
    spool.append("a", b"x")
    spool.flush()
    spool.append("b", b"x")
    null = os.open(os.devnull, os.O_RDWR)  # cannot be fsynced
    (descriptor,) = [
        int(link.name)
        for link in Path("/proc/self/fd").iterdir()
        if link.is_symlink() and str(link.readlink()).startswith(str(tmp_path)) and link.readlink().suffix == ".spool"
    ]
    os.dup2(null, descriptor)
    for _ in range(2):
        with pytest.raises(JournalUnavailable):
            spool.flush()
    with pytest.raises(JournalUnavailable):
        spool.append("c", b"x")
    assert spool.is_broken
    spool.close()
    os.close(null)
    anew = Spool(tmp_path, "w")
    anew.append("d", b"x")
    anew.flush()
    anew.close()
    assert [name for name, _ in spooled(tmp_path)] == ["a", "d"]


_FILL = """
import resource, sys
from pathlib import Path
from garrison.journal import JournalUnavailable, Spool
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
spool = Spool(Path(sys.argv[1]), "w")
try:
    for number in range(100):
        spool.append(str(number), b"x" * 300)
        spool.flush()
        print(number, flush=True)
except JournalUnavailable as error:
    print(error, file=sys.stderr)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
spool.append("room again", b"x")
spool.flush()
"""


def test_a_full_disk_is_named_and_what_was_acknowledged_is_kept(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _FILL, tmp_path], capture_output=True, text=True, check=True)
    assert "the file size limit is reached" in done.stderr
    acknowledged = done.stdout.split()
    assert acknowledged
    # The one that did not fit was refused, and goes first once there is room: recorded, though not acknowledged.
    assert [name for name, _ in spooled(tmp_path)] == [*acknowledged, str(len(acknowledged)), "room again"]
    assert not list(tmp_path.glob("*.damaged"))  # nothing is left of what did not fit


def test_interval_mode_syncs_within_its_second_by_itself(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "w", FsyncMode.INTERVAL)
    spool.append("a", b"x")
    for _ in range(100):
        if not spool.pending:
            break
        threading.Event().wait(0.1)
    assert not spool.pending
    spool.close()
