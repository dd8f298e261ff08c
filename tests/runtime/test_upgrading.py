"""Homes of older versions are led to the current one: after a copy, step by step, and on again after a stop."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import tarfile
from itertools import pairwise
from pathlib import Path

import pytest

from garrison.errors import OperatorError
from garrison.gateway.founding import found_account
from garrison.journal import Journal
from garrison.runtime.home import LAYOUT_VERSION, Home
from garrison.runtime.parts import open_parts
from garrison.runtime.upgrading import STEPS, Step, upgrade_home
from garrison.setting_sources import load_settings

OLDER_STEPS = """
import os, signal, sys
from pathlib import Path
from garrison.runtime.home import Home
from garrison.runtime.upgrading import Step, upgrade_home

def kill_once(home, mark):
    if not (home.path.parent / mark).exists():
        (home.path.parent / mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)

def rename_events(home):
    kill_once(home, "killed-before")
    if (home.path / "events").exists():
        (home.path / "events").rename(home.path / "lanes")
    kill_once(home, "killed-after")

def rename_lanes(home):
    if (home.path / "lanes").exists():
        (home.path / "lanes").rename(home.spools)
    kill_once(home, "killed-in-second")

STEPS = (Step("older", "old", "rename events", rename_events), Step("old", "1", "rename lanes", rename_lanes))
done = upgrade_home(Home(Path(sys.argv[1])), STEPS)
print(done.version_before, "+".join(done.steps), done.backup, sep="|")
"""


@pytest.fixture
def older(tmp_path: Path) -> Home:
    """A home as a version before the first would have kept it: its lanes in another folder."""
    home = Home(tmp_path / "home")
    found_account(home)
    home.spools.rename(home.path / "events")
    home.version_file.write_text("older\n")
    return home


def test_an_older_home_is_upgraded_however_often_it_is_killed(older: Home) -> None:
    waiting = {path.name for path in (older.path / "events").glob("*.spool")}
    for _ in range(3):
        killed = subprocess.run([sys.executable, "-c", OLDER_STEPS, older.path], capture_output=True, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        with pytest.raises(OperatorError, match="version"):
            open_parts(load_settings(older.path))
    done = subprocess.run([sys.executable, "-c", OLDER_STEPS, older.path], capture_output=True, text=True, check=True)
    version, steps, backup = done.stdout.rstrip().split("|")
    assert (version, steps) == ("older", "rename events+rename lanes")
    open_parts(load_settings(older.path)).close()
    assert waiting <= {path.name for path in older.spools.glob("*.spool")}
    assert not (older.path / "upgrade.json").exists()
    copies = list(older.path.parent.glob("*.tar"))
    assert copies == [Path(backup)], "the copy is made once, of the home before the first step"
    assert stat.S_IMODE(copies[0].stat().st_mode) == 0o600
    with tarfile.open(copies[0]) as tar:
        names = set(tar.getnames())
        version_file = tar.extractfile("VERSION")
        assert version_file is not None
        assert version_file.read() == b"older\n"
    assert {"store.db", "root.key", "credentials"} <= names
    assert {f"events/{name}" for name in waiting} <= names


def test_the_copy_beside_it_is_the_home_as_it_was(older: Home, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in older.path.iterdir() if path.is_file()}
    steps = (Step("older", "1", "rename", lambda home: (home.path / "events").rename(home.spools) and None),)
    backup = upgrade_home(older, steps).backup
    assert backup
    again = tmp_path / "again"
    with tarfile.open(backup) as tar:
        tar.extractall(again)
    assert {path.name: path.read_bytes() for path in again.iterdir() if path.is_file()} == before


def test_a_failing_step_leaves_the_home_at_its_version(older: Home) -> None:
    def fail(home: Home) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        upgrade_home(older, (Step("older", "1", "fail", fail),))
    assert older.version_file.read_text() == "older\n"


def test_a_store_outside_the_home_must_be_backed_up_by_its_own_tools(older: Home) -> None:
    older.settings_file.write_text(older.settings_file.read_text() + 'store_url = "postgresql://nowhere/garrison"\n')
    with pytest.raises(OperatorError, match="database outside the home"):
        upgrade_home(older, (Step("older", "1", "nothing", lambda home: None),))
    assert not list(older.path.parent.glob("*.tar"))


def test_a_current_home_stays_as_it_is(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    found_account(home)
    done = upgrade_home(home)
    assert (done.version, done.steps, done.backup) == (LAYOUT_VERSION, (), None)
    assert Journal(home.journal).last_position() == 0
    assert not list(tmp_path.glob("*.tar"))


def test_the_steps_lead_from_one_version_to_the_next_up_to_the_current_one() -> None:
    for step, following in pairwise(STEPS):
        assert step.leads_to == following.version
    assert not STEPS or STEPS[-1].leads_to == LAYOUT_VERSION
