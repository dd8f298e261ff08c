"""`status`, `doctor` and `version`: stable keys, and one remedy for each thing that is wrong."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from garrison import __version__

STATUS_KEYS = {
    *("home", "garrison", "version", "account", "region", "ephemeral", "running", "ready", "endpoint"),
    *(
        "console",
        "processes",
        "uptime_seconds",
        "items",
        "item_versions",
        "secrets",
        "store_bytes",
        "journal_events",
        "journal_position",
    ),
    *("journal_bytes", "recent_events", "recent_bytes", "events_in_outbox", "journal_events_behind", "spool_bytes"),
    *("spool_ceiling_bytes", "retention_days", "disk_ceiling_bytes", "disk_ceiling_used_percent", "disk_free_bytes"),
    *("home_bytes", "home_part_bytes", "fsync", "trail_deliveries"),
}
RUNNING_KEYS = {"supervisor", "started_at", "workers", "restarts", "resident_bytes"}
CHECKS = {
    *(
        "python",
        "private-files",
        "disk",
        "clock",
        "certificate",
        "store",
        "store-file",
        "journal",
        "custom-rules",
        "server",
    ),
}


def finding(garrison: Any, check: str) -> dict[str, str]:
    """What doctor says of a check, when something needs attention."""
    found = {each["check"]: each for each in garrison.told("doctor", code=4)["findings"]}
    assert found[check]["state"] == "attention"
    assert found[check]["remedy"]
    result: dict[str, str] = found[check]
    return result


def wait_for_journal(garrison: Any) -> None:
    """The background process makes it with the first event that it sequences."""
    deadline = time.monotonic() + 60
    while not list((garrison.home / "journal").glob("*.journal")):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_status_and_doctor_of_a_running_server(garrison: Any) -> None:
    garrison.up()
    garrison.client("iam").create_user(UserName="alice")
    wait_for_journal(garrison)
    status = garrison.told("status")
    assert status.keys() == STATUS_KEYS | RUNNING_KEYS
    assert (status["running"], status["ready"], status["workers"]) == (True, True, 1)
    assert {"journal", "spool", "files"} <= status["home_part_bytes"].keys()
    assert status["restarts"] == {"gateway": 0, "background": 0}
    assert status["items"] >= 3
    assert all(size < 150 * 2**20 for size in status["resident_bytes"].values()), status["resident_bytes"]
    assert "retention days" in garrison.run("status").stdout
    doctor = garrison.told("doctor")
    assert {each["check"] for each in doctor["findings"]} == CHECKS
    assert all(each["state"] == "ok" for each in doctor["findings"])
    assert "A signed call" in garrison.run("doctor").stdout


def test_status_without_a_server_still_counts(garrison: Any) -> None:
    garrison.found()
    status = garrison.told("status", code=3)
    assert status.keys() == STATUS_KEYS
    assert (status["running"], status["endpoint"], status["uptime_seconds"]) == (False, None, None)
    assert "garrison up" in finding(garrison, "server")["remedy"]


def flip_a_byte(home: Path) -> None:
    path = next((home / "journal").glob("*.journal"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def break_the_store(home: Path) -> None:
    with closing(sqlite3.connect(home / "store.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'item'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with (home / "store.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 100)


def age_into_the_future(home: Path) -> None:
    os.utime(home / "store.db", (time.time() + 86400,) * 2)


WRONG: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a key that others can read": ("private-files", lambda home: (home / "root.key").chmod(0o644)),
    "another root key": ("store", lambda home: (home / "root.key").write_text("A" * 43 + "=\n")),
    "no root key": ("store", lambda home: (home / "root.key").unlink()),
    "a damaged journal": ("journal", flip_a_byte),
    "a damaged store": ("store-file", break_the_store),
    "a clock that was set back": ("clock", age_into_the_future),
    "a wrong setting": ("home", lambda home: (home / "garrison.toml").write_text("port = 1\n")),
    "a journal of another version": (
        "journal",
        lambda home: (home / "journal" / f"{1:020}.journal").write_bytes(b"GRSNJRNL\x09\x00" + bytes(30)),
    ),
}


@pytest.fixture
def used(garrison: Any) -> Any:
    """A stopped home with something in its journal."""
    garrison.up()
    wait_for_journal(garrison)
    garrison.down()
    return garrison


def test_doctor_names_what_is_wrong(used: Any, installations: Any) -> None:
    import shutil

    for number, (what, (check, spoil)) in enumerate(WRONG.items()):
        broken = installations(f"broken-{number}")
        shutil.copytree(used.home, broken.home, ignore=shutil.ignore_patterns("wake"))
        spoil(broken.home)
        assert finding(broken, check)["what"], what


def test_doctor_of_a_server_whose_credentials_do_not_fit(garrison: Any) -> None:
    garrison.up()
    credentials = garrison.home / "credentials"
    credentials.write_text(credentials.read_text().replace(garrison.credentials()[1], "wrong"))
    assert "keys rotate" in finding(garrison, "server")["remedy"]


def test_doctor_without_a_home_says_how_to_make_one(garrison: Any) -> None:
    assert finding(garrison, "home")["remedy"] == "garrison up"
    assert not garrison.home.exists()


def test_version_says_which(garrison: Any) -> None:
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-m", "garrison", "version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"Garrison {__version__}\n"
