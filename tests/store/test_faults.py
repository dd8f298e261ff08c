"""Faults: killed processes, a full disk, a copy made while others write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from garrison.clock import SystemClock
from garrison.errors import OperatorError
from garrison.store import RootKey, Store, StoreUnavailable, open_store, restore_store

from .conftest import ACCOUNT, REGION, Banner, Gate, Open, fresh_postgresql, gate

_SETUP = """
import sys, threading
from pathlib import Path
from msgspec.structs import replace
from garrison.clock import SystemClock
from garrison.store import Conflict, RootKey, open_store
sys.path.insert(0, {tests!r})
from store.conftest import ACCOUNT, REGION, Gate, gate
store = open_store(sys.argv[1], RootKey.from_file(Path(sys.argv[2])), SystemClock(), [Gate])
"""

_WRITE_FOR_EVER = """
def write(thread):
    number = 0
    while True:
        number += 1
        name = f"{sys.argv[3]}-{thread}-{number}"
        with store.writing(ACCOUNT, REGION, event_id=name) as unit:
            unit.add(gate(name, secret=unit.seal(name.encode())))
            unit.append_event(name, b"{}")
        sys.stdout.write(name + "\\n")
        sys.stdout.flush()
for thread in range(2):
    threading.Thread(target=write, args=(thread,)).start()
"""

_WIDEN = """
for _ in range(40):
    while True:
        with store.reading(ACCOUNT, REGION) as unit:
            found = unit.get(Gate, "north", 1)
        try:
            with store.writing(ACCOUNT, REGION) as unit:
                unit.save(replace(found, width=found.width + 1))
            break
        except Conflict:
            pass
"""


def _process(script: str, *arguments: str) -> subprocess.Popen[str]:
    setup = _SETUP.format(tests=str(Path(__file__).parents[1]))
    return subprocess.Popen([sys.executable, "-c", setup + script, *arguments], stdout=subprocess.PIPE, text=True)


def test_what_was_acknowledged_before_a_kill_is_there_with_its_event(
    store: Store, database_url: str, key_file: Path, open_again: Open
) -> None:
    acknowledged: set[str] = set()
    for run in range(3):
        with _process(_WRITE_FOR_EVER, database_url, str(key_file), str(run)) as process:
            assert process.stdout is not None
            for _ in range(10 + 17 * run):
                acknowledged.add(process.stdout.readline().strip())
            process.send_signal(signal.SIGKILL)
            acknowledged.update(line.strip() for line in process.stdout if line.endswith("\n"))
    again = open_again()
    with again.reading(ACCOUNT, REGION) as unit:
        kept = {found.wall: found for found in unit.page(Gate)}
        assert acknowledged <= kept.keys()
        assert all(unit.unseal(found.secret) == wall.encode() for wall, found in kept.items())
        assert all(unit.history(Gate, wall, 1)[0].event_id == wall for wall in kept)
    assert {row.event_id for row in again.outbox_read(10**6)} == kept.keys()


def test_two_processes_lose_no_update(store: Store, database_url: str, key_file: Path) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        unit.add(gate(width=0))
    processes = [_process(_WIDEN, database_url, str(key_file)) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    for process in processes:
        assert process.stdout is not None
        process.stdout.close()
    with store.reading(ACCOUNT, REGION) as unit:
        found = unit.get(Gate, "north", 1)
    assert found is not None
    assert found.width == 80


def test_a_backup_made_while_others_write_is_a_consistent_store(store: Store, key_file: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with store.writing(ACCOUNT, REGION) as unit:
                unit.add(gate(f"{number:06d}", secret=unit.seal(b"s%d" % number)))
                unit.add(Banner(account=ACCOUNT, name=f"{number:06d}"))
                unit.append_event(str(number), b"\x00\xff")
                unit.raise_policy_generation()
                unit.state_put("n", "last", str(number).encode())

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while store.statistics().items < 40:
            pass
        store.backup(tmp_path / "backup.db")
    finally:
        stop.set()
        thread.join()
    assert (tmp_path / "backup.db").stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in tmp_path.glob("*backup*")) == ["backup.db"]
    url = f"sqlite:///{tmp_path / 'backup.db'}"
    with closing(open_store(url, RootKey.from_file(key_file), SystemClock(), [Gate, Banner])) as copy:
        with copy.reading(ACCOUNT, REGION) as unit:
            gates = unit.page(Gate)
            count = len(gates)
            assert count >= 20
            assert [found.wall for found in gates] == [banner.name for banner in unit.page(Banner)]
            assert all(unit.unseal(found.secret) == b"s%d" % int(found.wall) for found in gates)
            assert unit.policy_generation() == count
            last = unit.state_get("n", "last")
            assert last is not None
            assert last.value == str(count).encode()
        assert [row.event_id for row in copy.outbox_read(10**6)] == [str(n) for n in range(1, count + 1)]
        with copy.writing(ACCOUNT, REGION) as unit:
            unit.add(gate("goes on"))
            unit.append_event("goes on", b"")


def test_a_backup_becomes_a_store_of_either_database_again(
    store: Store, database_url: str, key_file: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with store.writing(ACCOUNT, REGION, event_id="e") as unit:
        kept = unit.add(gate(secret=unit.seal(b"s"), tags={"ö": "\u2028"}))
        unit.save(replace(kept, width=7))
        unit.append_event("first", b"\x00\xff")
        unit.raise_policy_generation()
    store.backup(tmp_path / "backup")
    urls = {
        "sqlite": f"sqlite:///{tmp_path / 'restored.db'}",
        "postgresql": fresh_postgresql(request.getfixturevalue("postgresql_server")),
    }
    key = RootKey.from_file(key_file)
    for url in urls.values():
        with pytest.raises(OperatorError, match="sealed by the root key"):
            restore_store(tmp_path / "backup", url, RootKey.generate())
        restore_store(tmp_path / "backup", url, key)
        with closing(open_store(url, key, SystemClock(), [Gate, Banner])) as restored:
            with store.reading(ACCOUNT, REGION) as ours, restored.reading(ACCOUNT, REGION) as theirs:
                assert theirs.page(Gate) == ours.page(Gate)
                assert theirs.history(Gate, "north", 1) == ours.history(Gate, "north", 1)
                assert theirs.unseal(kept.secret) == b"s"
                assert theirs.policy_generation() == 1
            with restored.writing(ACCOUNT, REGION) as unit:
                unit.append_event("second", b"")
            assert [(row.event_id, row.payload) for row in restored.outbox_read(9)] == [
                ("first", b"\x00\xff"),
                ("second", b""),
            ]
        with pytest.raises(OperatorError, match="Nothing was changed"):
            restore_store(tmp_path / "backup", url, key)


def test_what_is_no_backup_is_not_restored(tmp_path: Path, key_file: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("text" * 2000)
    for name in ("empty", "text", "absent"):
        with pytest.raises(OperatorError):
            restore_store(tmp_path / name, f"sqlite:///{tmp_path / 'restored.db'}", RootKey.from_file(key_file))
    assert not (tmp_path / "restored.db").exists()


def test_a_backup_overwrites_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(FileExistsError):
        sqlite_store.backup(tmp_path / "precious")
    assert (tmp_path / "precious").read_text() == "mine"


_FILL = """
import resource, signal
from garrison.store import StoreUnavailable
if sys.argv[3] != "0":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
for number in range(10**6):
    try:
        with store.writing(ACCOUNT, REGION) as unit:
            unit.add(gate(f"{number:06d}", guard="x" * 3000))
            unit.append_event(str(number), b"y" * 3000)
        print(number, flush=True)
    except StoreUnavailable as error:
        print(type(error).__name__, error.cause)
        break
with store.reading(ACCOUNT, REGION) as unit:
    print(unit.count(Gate))
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    if os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root only")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_told_and_nothing_more_is_acknowledged(small_disk: Path, key_file: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(200_000))
    acknowledged, cause = _fill(small_disk / "store.db", key_file, 0)
    assert cause.startswith("StoreFull The disk below the store is full")
    ballast.unlink()
    _check_filled(small_disk / "store.db", key_file, acknowledged)


def test_a_file_that_may_not_grow_is_told_and_nothing_more_is_acknowledged(tmp_path: Path, key_file: Path) -> None:
    acknowledged, cause = _fill(tmp_path / "store.db", key_file, 1_000_000)
    assert cause.startswith("StoreUnavailable The disk below the store fails")
    _check_filled(tmp_path / "store.db", key_file, acknowledged)


def _fill(path: Path, key_file: Path, limit_bytes: int) -> tuple[list[str], str]:
    with _process(_FILL, f"sqlite:///{path}", str(key_file), str(limit_bytes)) as process:
        output, _ = process.communicate()
    *acknowledged, cause, count = output.splitlines()
    assert len(acknowledged) == int(count) > 10
    return acknowledged, cause


def _check_filled(path: Path, key_file: Path, acknowledged: list[str]) -> None:
    """Whether exactly what was acknowledged is there, and the store goes on."""
    with closing(open_store(f"sqlite:///{path}", RootKey.from_file(key_file), SystemClock(), [Gate])) as store:
        with store.reading(ACCOUNT, REGION) as unit:
            assert [int(found.wall) for found in unit.page(Gate)] == [int(number) for number in acknowledged]
        assert [row.event_id for row in store.outbox_read(10**6)] == acknowledged
        with store.writing(ACCOUNT, REGION) as unit:
            unit.add(gate("after room was made"))


def test_a_postgresql_that_goes_away_is_told_and_found_again(postgresql_server: str, key_file: Path) -> None:
    url = fresh_postgresql(postgresql_server)
    with closing(open_store(url, RootKey.from_file(key_file), SystemClock(), [Gate])) as store:
        with store.writing(ACCOUNT, REGION) as unit:
            unit.add(gate())
        with pytest.raises(StoreUnavailable), store.writing(ACCOUNT, REGION) as unit:  # noqa: PT012
            unit.add(gate("south"))
            _end_connections(postgresql_server)
            unit.add(gate("west"))
        for _ in range(2):
            try:
                with store.reading(ACCOUNT, REGION) as unit:
                    assert [found.wall for found in unit.page(Gate)] == ["north"]
            except StoreUnavailable:
                continue
            break
        with store.writing(ACCOUNT, REGION) as unit:
            unit.add(gate("south"))


def _end_connections(server: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'garrison'")
