"""Units that take no snapshot for what memory has, and start again where it has moved."""

from __future__ import annotations

import multiprocessing
import threading
from contextlib import closing
from pathlib import Path

import pytest

from garrison.clock import SystemClock
from garrison.store import GLOBAL_REGION, RootKey, SnapshotMoved, Store, open_store
from garrison.store.log_index import LogIndex
from tests.store.conftest import ACCOUNT, REGION, Gate

ROUNDS = 200


def _get(store: Store, wall: str) -> Gate | None:
    """A lazy read as its users do it: again, where another writer came in between."""
    while True:
        try:
            with store.reading_lazily(ACCOUNT, REGION) as unit:
                return unit.get(Gate, wall, 0)
        except SnapshotMoved:
            continue


def _write_widths(folder: str, told: multiprocessing.Queue[int], heard: multiprocessing.Queue[int]) -> None:
    root_key = RootKey.from_file(Path(folder) / "root.key")
    with closing(open_store(f"sqlite:///{folder}/store.db?synchronous=OFF", root_key, SystemClock(), [Gate])) as store:
        for width in range(2, ROUNDS):
            with store.writing(ACCOUNT, REGION) as unit:
                gate = unit.get(Gate, "north", 0)
                assert gate is not None
                unit.remove(gate)
                unit.add(Gate(account=ACCOUNT, region=REGION, wall="north", width=width))
            told.put(width)
            heard.get(timeout=20)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    RootKey.create_file(tmp_path / "root.key")
    root_key = RootKey.from_file(tmp_path / "root.key")
    return open_store(f"sqlite:///{tmp_path}/store.db?synchronous=OFF", root_key, SystemClock(), [Gate])


def test_what_another_process_committed_is_seen_by_the_next_unit(store: Store, tmp_path: Path) -> None:
    with closing(store):
        with store.writing(ACCOUNT, REGION) as unit:
            unit.add(Gate(account=ACCOUNT, region=REGION, wall="north", width=1))
        context = multiprocessing.get_context("spawn")
        told, heard = context.Queue(), context.Queue()
        writer = context.Process(target=_write_widths, args=(str(tmp_path), told, heard))
        writer.start()
        for _ in range(2, ROUNDS):
            width = told.get(timeout=30)
            for _ in range(3):
                gate = _get(store, "north")
                assert gate is not None
                assert gate.width == width
            heard.put(width)
        writer.join(20)
        assert writer.exitcode == 0


def test_what_this_process_committed_is_seen_by_the_next_unit(store: Store) -> None:
    with closing(store):
        for number in range(50):
            assert _get(store, f"wall-{number}") is None
            with store.writing(ACCOUNT, REGION) as unit:
                unit.add(Gate(account=ACCOUNT, region=REGION, wall=f"wall-{number}"))
            assert _get(store, f"wall-{number}") is not None


def test_a_unit_whose_state_moved_before_its_first_read_starts_again(store: Store) -> None:
    with closing(store):
        with store.writing(ACCOUNT, REGION) as unit:
            unit.add(Gate(account=ACCOUNT, region=REGION, wall="north"))
        assert _get(store, "north") is not None

        def add_south() -> None:
            with store.writing(ACCOUNT, REGION) as unit:
                unit.add(Gate(account=ACCOUNT, region=REGION, wall="south"))

        with store.reading_lazily(ACCOUNT, REGION) as unit:
            assert unit.get(Gate, "north", 0) is not None  # from memory
            writer = threading.Thread(target=add_south)
            writer.start()
            writer.join()
            with pytest.raises(SnapshotMoved):
                unit.get(Gate, "south", 0)
        assert _get(store, "south") is not None


def test_units_within_share_the_snapshot_of_the_outermost(store: Store) -> None:
    with closing(store):
        _get(store, "north")
        with store.reading_lazily(ACCOUNT, GLOBAL_REGION):
            with store.reading(ACCOUNT, REGION) as inner:
                assert inner.get(Gate, "north", 0) is None
            generation = store.policy_generation(ACCOUNT)
        assert generation == 0


def test_the_mark_of_the_log_changes_with_every_commit(store: Store, tmp_path: Path) -> None:
    with closing(store):
        _get(store, "north")
        index = LogIndex(tmp_path / "store.db")
        marks = [index.mark()]
        for number in range(30):
            assert index.mark() == marks[-1]
            with store.writing(ACCOUNT, REGION) as unit:
                unit.add(Gate(account=ACCOUNT, region=REGION, wall=f"wall-{number}"))
            marks.append(index.mark())
            if number % 10 == 9:
                store.tidy()  # empties the log: another mark, though the state is the same
                marks.append(index.mark())
        assert len(set(marks)) == len(marks)
