"""Throw-away homes that killed servers left are swept; those in use, of others, or just being made are not."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from garrison.runtime.ephemeral import PREFIX, remove_home, sweep
from garrison.runtime.home import Home
from garrison.runtime.running import running_server, take_home


def make(folder: Path, name: str, *, is_locked_once: bool) -> Home:
    home = Home(folder / f"{PREFIX}{name}")
    home.run.mkdir(parents=True)
    (home.path / "store.db").write_text("kept")
    if is_locked_once:
        home.lock_file.touch()
    return home


def test_only_homes_without_a_server_are_swept(tmp_path: Path) -> None:
    left = make(tmp_path, "left", is_locked_once=True)
    used = make(tmp_path, "used", is_locked_once=True)
    fresh = make(tmp_path, "fresh", is_locked_once=False)
    old = make(tmp_path, "old", is_locked_once=False)
    os.utime(old.path, (0, 0))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "letter.txt").write_text("mine")
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{PREFIX}file").write_text("mine")
    with used.lock_file.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert sorted(sweep(tmp_path)) == sorted([left.path, old.path])
        assert not remove_home(used)
    assert (used.path / "store.db").exists()
    assert fresh.path.exists()
    assert (elsewhere / "letter.txt").exists()


def test_a_home_is_locked_by_one_server_only(tmp_path: Path) -> None:
    home = make(tmp_path, "home", is_locked_once=False)
    assert running_server(home) is None
    lock = take_home(home)
    found = running_server(home)
    assert found is not None
    assert found["endpoint"] is None
    lock.close()
    assert running_server(home) is None
