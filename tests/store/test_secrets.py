"""Sealed secrets and the root key: what is destroyed stays destroyed, and no other key opens anything."""

from __future__ import annotations

import base64
import os
import pickle
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from garrison.clock import SystemClock
from garrison.errors import OperatorError
from garrison.store import Conflict, RootKey, SealBroken, SecretDestroyed, Store, StoreUnavailable, open_store

from .conftest import ACCOUNT, OTHER_ACCOUNT, REGION, Gate, Open, gate

PLAINTEXT = b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture
def sealed(store: Store) -> str:
    """The reference of a secret."""
    with store.writing(ACCOUNT, REGION) as unit:
        ref = unit.seal(PLAINTEXT)
        unit.add(gate(secret=ref))
    return ref


def test_a_secret_comes_back_through_its_reference_in_its_account_only(
    store: Store, sealed: str, open_again: Open
) -> None:
    for reader in (store, open_again()):
        with reader.reading(ACCOUNT, "us-east-1") as unit:
            assert unit.unseal(sealed) == PLAINTEXT
        with reader.reading(OTHER_ACCOUNT, REGION) as unit, pytest.raises(SecretDestroyed):
            unit.unseal(sealed)


def test_equal_secrets_are_not_stored_alike(store: Store) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        refs = [unit.seal(PLAINTEXT) for _ in range(2)]
        connection = unit._transaction.connection
        rows = connection.all("SELECT wrapped, sealed FROM secret")
    assert len({*refs, *(bytes(part) for row in rows for part in row)}) == 6


def test_a_destroyed_secret_is_not_brought_back_by_an_old_version(store: Store, sealed: str) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        unit.destroy(sealed)
        unit.destroy(sealed)
    with store.reading(ACCOUNT, REGION) as unit:
        old = unit.history(Gate, "north", 1)[-1].resource
        assert old is not None
        assert old.secret == sealed
        with pytest.raises(SecretDestroyed):
            unit.unseal(old.secret)


def test_a_secret_moved_to_another_place_does_not_open(store: Store, sealed: str) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        other = unit.seal(b"another")
        unit._transaction.connection.run(
            "UPDATE secret SET wrapped = (SELECT wrapped FROM secret WHERE ref = ?),"
            " sealed = (SELECT sealed FROM secret WHERE ref = ?) WHERE ref = ?",
            (sealed, sealed, other),
        )
        with pytest.raises(SealBroken):
            unit.unseal(other)
    with store.writing(ACCOUNT, REGION) as unit:
        unit._transaction.connection.run("UPDATE secret SET account = ?", (OTHER_ACCOUNT,))
    with store.reading(OTHER_ACCOUNT, REGION) as unit, pytest.raises(SealBroken):
        unit.unseal(sealed)


def test_neither_a_secret_nor_its_destroyed_key_is_in_the_files(sqlite_store: Store, tmp_path: Path) -> None:
    with sqlite_store.writing(ACCOUNT, REGION) as unit:
        ref = unit.seal(PLAINTEXT)
        row = unit._transaction.connection.one("SELECT wrapped FROM secret")
    assert row is not None
    assert not _anywhere(tmp_path, PLAINTEXT)
    assert _anywhere(tmp_path, row[0])
    with sqlite_store.writing(ACCOUNT, REGION) as unit:
        unit.destroy(ref)
    sqlite_store.tidy()
    assert not _anywhere(tmp_path, row[0])


def _anywhere(folder: Path, wanted: bytes) -> bool:
    return any(wanted in file.read_bytes() for file in folder.glob("store.db*"))


def test_a_key_file_is_private_and_made_once(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    first = RootKey.from_file(path, create=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert RootKey.create_file(path).key_id == first.key_id
    assert RootKey.from_file(path, create=True).derive("x") == first.derive("x") != first.derive("y")
    assert list(tmp_path.iterdir()) == [path]
    path.chmod(0o640)
    with pytest.raises(OperatorError, match="can be read by others"):
        RootKey.from_file(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"c2hvcnQ=\n", b"not base64"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "root.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(OperatorError, match="is not a root key"):
        RootKey.from_file(path)


def test_a_key_shows_nothing_of_itself(key_file: Path) -> None:
    key = RootKey.from_file(key_file)
    text = key_file.read_text().strip()
    shown = f"{key!r} {key} {key.key_id}"
    assert text not in shown
    assert base64.b64decode(text).hex() not in shown
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_a_seal_holds_only_with_its_key_and_its_place() -> None:
    key = RootKey.generate()
    blob = key.seal(b"data", b"place")
    assert key.open(blob, b"place") == b"data"
    for broken, place in (
        (blob, b"other"),
        (blob[:-1] + bytes([blob[-1] ^ 1]), b"place"),
        (b"", b"place"),
        (blob[:20], b""),
    ):
        with pytest.raises(SealBroken):
            key.open(broken, place)
    with pytest.raises(SealBroken, match="another root key"):
        RootKey.generate().open(blob, b"place")


def test_the_environment_may_hold_the_key_and_those_before_it() -> None:
    first, second = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    os.environ["GARRISON_TEST_ROOT_KEY"] = f"{second},{first}"
    try:
        key = RootKey.from_environment("GARRISON_TEST_ROOT_KEY")
    finally:
        del os.environ["GARRISON_TEST_ROOT_KEY"]
    old = RootKey([base64.b64decode(first)])
    assert key.open(old.seal(b"x", b""), b"") == b"x"
    assert key.derivations("p") == (key.derive("p"), old.derive("p"))
    with pytest.raises(OperatorError, match="holds no root key"):
        RootKey.from_environment("GARRISON_TEST_ROOT_KEY")


class Turning:
    """Wraps by turning the bytes round, and counts how often it is asked to open."""

    def __init__(self) -> None:
        self.opened = 0

    def wrap(self, material: bytes) -> bytes:
        return material[::-1]

    def unwrap(self, wrapped: bytes) -> bytes:
        self.opened += 1
        return wrapped[::-1]


def test_a_wrapped_key_is_read_by_what_wraps_it_once(tmp_path: Path) -> None:
    path, wrapping = tmp_path / "root.key", Turning()
    key = RootKey.create_file(path, wrapping)
    line = path.read_text().strip()
    assert line.startswith("wrapped:")
    for _ in range(3):
        with pytest.raises(SealBroken, match="another root key"):
            key.open(RootKey.generate().seal(b"x", b""), b"")
    assert wrapping.opened == 1, "whoever sends forged tokens does not keep the token busy"
    os.environ["GARRISON_TEST_ROOT_KEY"] = line
    try:
        assert RootKey.from_environment("GARRISON_TEST_ROOT_KEY", wrapping).key_id == key.key_id
        with pytest.raises(OperatorError, match="is wrapped by a token"):
            RootKey.from_environment("GARRISON_TEST_ROOT_KEY")
    finally:
        del os.environ["GARRISON_TEST_ROOT_KEY"]
    with pytest.raises(OperatorError, match="is wrapped by a token"):
        RootKey.from_file(path)
    key.followed_by(RootKey.generate()).replace_file(path, wrapping)
    assert key.derivations("p")[1:] == (RootKey.from_file(path, wrapping).derivations("p")[1],)
    RootKey.from_file(path, wrapping).replace_file(path)
    assert len(RootKey.from_file(path).key_ids) == 2


def test_a_store_refuses_another_root_key_and_a_missing_one(
    store: Store, sealed: str, database_url: str, key_file: Path, open_again: Open
) -> None:
    with pytest.raises(OperatorError, match="sealed by the root key"):
        open_store(database_url, RootKey.generate(), SystemClock(), [Gate])
    hidden = key_file.rename(key_file.with_suffix(".hidden"))
    with pytest.raises(OperatorError, match="is missing"):
        RootKey.from_file(key_file)
    hidden.rename(key_file)
    with open_again().reading(ACCOUNT, REGION) as unit:
        assert unit.unseal(sealed) == PLAINTEXT


def test_after_a_rotation_only_the_new_key_is_needed(
    store: Store, sealed: str, database_url: str, key_file: Path, open_again: Open
) -> None:
    running, old, new = open_again(), RootKey.from_file(key_file), RootKey.generate()
    with store.writing(ACCOUNT, REGION) as unit:
        refs = [sealed, *(unit.seal(PLAINTEXT) for _ in range(450))]
    old.followed_by(new).replace_file(key_file)
    steps: list[tuple[int, int]] = []
    assert store.rotate_root_key(new, lambda done, total: steps.append((done, total))) == 451
    assert steps == [(200, 451), (400, 451), (451, 451)]
    with running.writing(
        ACCOUNT, REGION
    ) as unit:  # it opened the store with the old key, and finds the new in the file
        refs.append(unit.seal(PLAINTEXT))
        assert unit.unseal(refs[0]) == PLAINTEXT
    new.replace_file(key_file)
    assert RootKey.from_file(key_file).key_ids == (new.key_id,)
    for reader in (store, running, open_again()):
        with reader.reading(ACCOUNT, REGION) as unit:
            assert {unit.unseal(ref) for ref in refs} == {PLAINTEXT}
    with pytest.raises(OperatorError, match="sealed by the root key"):
        open_store(database_url, old, SystemClock())


def test_a_process_seals_by_the_new_key_as_soon_as_the_file_holds_it(key_file: Path) -> None:
    running, new = RootKey.from_file(key_file), RootKey.generate()
    before = running.seal(b"token", b"")
    running.followed_by(new).replace_file(key_file)
    assert new.open(running.seal(b"token", b""), b"") == b"token"
    assert running.derive("p") == new.derive("p")
    assert running.open(before, b"") == b"token"
    key_file.unlink()
    assert running.derive("p") == new.derive("p")


def test_a_process_that_cannot_get_the_new_key_seals_nothing(store: Store, database_url: str, key_file: Path) -> None:
    alone = RootKey([base64.b64decode(key_file.read_text())])
    other = open_store(database_url, alone, SystemClock())
    store.rotate_root_key(RootKey.generate())
    with pytest.raises(StoreUnavailable, match="rotated"), other.writing(ACCOUNT, REGION) as unit:
        unit.seal(PLAINTEXT)
    other.close()


def test_secrets_sealed_during_a_rotation_are_under_the_new_key(store: Store, key_file: Path, open_again: Open) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        refs = [unit.seal(PLAINTEXT) for _ in range(500)]
    running, new = open_again(), RootKey.generate()
    RootKey.from_file(key_file).followed_by(new).replace_file(key_file)
    stop = threading.Event()

    def seal() -> None:
        while not stop.is_set():
            with suppress(Conflict), running.writing(OTHER_ACCOUNT, REGION) as unit:
                unit.seal(PLAINTEXT)

    thread = threading.Thread(target=seal)
    thread.start()
    store.rotate_root_key(new)
    stop.set()
    thread.join()
    with store.reading(ACCOUNT, REGION) as unit:
        keys = unit._transaction.connection.all("SELECT DISTINCT root_key FROM secret")
        assert keys == [(new.key_id,)]
        assert unit.unseal(refs[-1]) == PLAINTEXT


_ROTATE = """
import sys, time
from pathlib import Path
from garrison.clock import SystemClock
from garrison.store import Conflict, RootKey, open_store
url, key_file, new_file = sys.argv[1:]
def told(done, total):
    print(done, flush=True)
    time.sleep(60)
store = open_store(url, RootKey.from_file(Path(key_file)), SystemClock())
store.rotate_root_key(RootKey.from_file(Path(new_file)), told)
"""


def test_a_rotation_killed_in_the_middle_loses_nothing_and_goes_on(
    store: Store, database_url: str, key_file: Path, tmp_path: Path, open_again: Open
) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        refs = [unit.seal(PLAINTEXT) for _ in range(450)]
    old, new = RootKey.from_file(key_file), RootKey.create_file(tmp_path / "new.key")
    old.followed_by(new).replace_file(key_file)
    command = [sys.executable, "-c", _ROTATE, database_url, str(key_file), str(tmp_path / "new.key")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "200\n"
        process.send_signal(signal.SIGKILL)
    for alone in (new, old.current()):
        with pytest.raises(OperatorError, match="sealed by the root key"):
            open_store(database_url, alone, SystemClock())
    with pytest.raises(OperatorError, match="is not over"):
        store.rotate_root_key(RootKey.generate())
    again = open_again()
    with again.reading(ACCOUNT, REGION) as unit:
        assert {unit.unseal(ref) for ref in refs} == {PLAINTEXT}
    assert again.rotate_root_key(new) == 250
    last = open_store(database_url, RootKey.from_file(tmp_path / "new.key"), SystemClock())
    with last.reading(ACCOUNT, REGION) as unit:
        assert {unit.unseal(ref) for ref in refs} == {PLAINTEXT}
    last.close()
