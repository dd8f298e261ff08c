"""A data directory of another version: the server says so, does not start, and changes not a byte."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import free_port
from .server import RunningServer, plain_environment


@pytest.fixture(scope="module")
def stopped_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of an account whose server has ended."""
    server = RunningServer(tmp_path_factory.mktemp("versions") / "home", free_port())
    server.start()
    server.client("iam").create_user(UserName="somebody")
    server.stop()
    return server.home


@pytest.fixture
def home(stopped_home: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    copy = tmp_path / "home"
    subprocess.run(["cp", "-a", str(stopped_home), str(copy)], check=True)
    return copy


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file with its content, mode and time of change."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.stat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path.relative_to(folder))] = f"{status.st_mode:o} {status.st_mtime_ns} {content}"
    return found


def up(home: Path, *options: str, **variables: str) -> tuple[int, str]:
    """Try to start; the exit code and the error."""
    run = subprocess.run(
        [sys.executable, "-m", "garrison", "up", "--home", str(home), "--port", "0", "--json", *options],
        capture_output=True,
        text=True,
        timeout=90,
        env=plain_environment() | variables,
        check=False,
    )
    last = (run.stderr.strip() or run.stdout.strip()).splitlines()[-1:]
    return run.returncode, json.loads(last[0]).get("error", "") if last else ""


def of_another_layout(home: Path) -> None:
    (home / "VERSION").write_text("99\n")


def of_no_layout(home: Path) -> None:
    (home / "VERSION").write_text("")


def of_another_store(home: Path) -> None:
    with closing(sqlite3.connect(home / "store.db", isolation_level=None)) as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def of_another_journal(home: Path) -> None:
    (segment,) = (home / "journal").glob("*.journal")
    data = bytearray(segment.read_bytes())
    data[8:10] = (99).to_bytes(2, "little")
    segment.write_bytes(data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (of_another_layout, "has version '99'"),
        (of_no_layout, "has version ''"),
        (of_another_store, "has the schema version 9999"),
        (of_another_journal, "has journal format 99"),
    ],
)
def test_another_version_is_named_and_nothing_is_touched(
    home: Path, change: Callable[[Path], None], words: str
) -> None:
    change(home)
    before = fingerprint(home)
    code, error = up(home)
    assert code != 0
    assert words in error
    assert fingerprint(home) == before


def test_another_version_is_named_in_the_background_too(home: Path) -> None:
    of_another_layout(home)
    before = fingerprint(home)
    code, error = up(home, "--detach")
    assert code != 0 and "has version '99'" in error
    after = fingerprint(home)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) <= {"garrison.log"}


def test_a_folder_that_is_no_home_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_bytes(b"\xff\xd8")
    before = fingerprint(tmp_path)
    for options in ((), ("--ephemeral",)):
        code, error = up(tmp_path / "photos", *options)
        assert code != 0 and "is not a Garrison home" in error
        assert fingerprint(tmp_path) == before


def test_an_account_to_keep_is_not_thrown_away(home: Path) -> None:
    before = fingerprint(home)
    for options, variables in (
        (("--ephemeral",), {}),
        (("--ephemeral", "--settable-clock"), {}),
        ((), {"GARRISON_EPHEMERAL": "true"}),
        ((), {"GARRISON_SETTABLE_CLOCK": "true"}),
        (("--settable-clock",), {}),
    ):
        code, _ = up(home, *options, **variables)
        assert code != 0
        assert fingerprint(home) == before


def test_a_home_that_others_may_read_is_refused(home: Path) -> None:
    os.chmod(home, 0o755)
    code, error = up(home)
    assert code != 0 and "can be read by others" in error


def test_a_missing_root_key_is_named_and_no_new_one_is_made(home: Path) -> None:
    (home / "root.key").rename(home.parent / "root.key")
    before = fingerprint(home)
    code, error = up(home)
    assert code != 0 and "root.key" in error
    assert {name: kept for name, kept in fingerprint(home).items() if name in before} == before
    assert not (home / "root.key").exists()
